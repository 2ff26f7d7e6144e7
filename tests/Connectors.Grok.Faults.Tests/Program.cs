using Connectors.Grok.Faults.Tests.Cancellation;
using Connectors.Grok.Faults.Tests.Fuzz;
using Connectors.Grok.Faults.Tests.Soak;
using Connectors.Grok.Faults.Tests.Storm;

// dotnet run -c Release --project tests/Connectors.Grok.Faults.Tests -- fuzz [COUNT [SEED]] | cancel [COUNT [SEED]] | soak [STREAMS [SECONDS]] | storm [CALLS_A_SECOND [SECONDS [ALLOWED]]]
return args switch
{
    ["fuzz", .. var rest] => await FuzzCommand.RunAsync(rest),
    ["cancel", .. var rest] => await CancelCommand.RunAsync(rest),
    ["soak", .. var rest] => await SoakCommand.RunAsync(rest),
    ["storm", .. var rest] => await StormCommand.RunAsync(rest),
    [EmulatorProcess.Argument] => await EmulatorProcess.ServeAsync(),
    _ => await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args),
};
