// The command grok-emulator: the program of the emulator, packed as a tool.
return await Connectors.Grok.Emulator.Program.Main(args).ConfigureAwait(false);
