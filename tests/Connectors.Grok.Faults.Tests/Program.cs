using Connectors.Grok.Faults.Tests.Fuzz;

// dotnet run -c Release --project tests/Connectors.Grok.Faults.Tests -- fuzz [COUNT [SEED]]
return args switch
{
    ["fuzz", .. var rest] => await FuzzCommand.RunAsync(rest),
    _ => await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args),
};
