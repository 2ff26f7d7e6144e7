using Connectors.Grok.Faults.Tests.Cancellation;
using Connectors.Grok.Faults.Tests.Fuzz;

// dotnet run -c Release --project tests/Connectors.Grok.Faults.Tests -- fuzz [COUNT [SEED]] | cancel [COUNT [SEED]]
return args switch
{
    ["fuzz", .. var rest] => await FuzzCommand.RunAsync(rest),
    ["cancel", .. var rest] => await CancelCommand.RunAsync(rest),
    _ => await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args),
};
