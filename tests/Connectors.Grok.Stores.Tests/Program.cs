using Connectors.Grok.Stores.Tests.Durability;
using Connectors.Grok.Stores.Tests.Support;

// dotnet run -c Release --project tests/Connectors.Grok.Stores.Tests -- durability [SECONDS]
switch (args)
{
    case ["durability", .. var rest]:
        return await DurabilityCommand.RunAsync(rest);
    case ["write", var kind, var medium, var prefix, var count]:
        await Writer.WriteAsync(kind, medium, prefix, int.Parse(count));
        return 0;
    case [LoadProcess.Argument, var kind, var medium, var prefix]:
        return await LoadProcess.WriteAsync(kind, medium, prefix);
    default:
        return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
}
