"""The contract on disk between StaMPS and us: steps, artefacts, parameters, folders."""
