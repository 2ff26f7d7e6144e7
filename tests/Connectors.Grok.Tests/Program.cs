using Connectors.Grok.Tests.Cost;

// dotnet run -c Release --project tests/Connectors.Grok.Tests -- cost | long [TURNS [WINDOW]]
return args switch
{
    ["cost"] => await CostCommand.RunAsync(),
    ["long", .. var rest] => await LongConversationCommand.RunAsync(rest),
    _ => await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args),
};
