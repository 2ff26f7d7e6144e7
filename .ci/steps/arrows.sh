# The rooms of the core and of the emulator refer to each other in one direction only; `tests` runs these tests too
run_tests tests/Connectors.Grok.Architecture.Tests --filter FullyQualifiedName~RoomsTests
