# The dependencies between the rooms of the core and of the emulator have one direction; included in `tests`
run_tests tests/Connectors.Grok.Architecture.Tests --filter FullyQualifiedName~RoomsTests
