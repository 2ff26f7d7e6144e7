using Connectors.Grok.Tests.Cost;

// dotnet run -c Release --project tests/Connectors.Grok.Tests -- cost | long [TURNS [WINDOW]]
return args switch
{
    ["cost"] => await CostCommand.RunAsync(),
    ["long", .. var rest] => await LongConversationCommand.RunAsync(rest),
    // `dotnet stryker` starts the tests in this way.
    _ when args.Contains("--server") => await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, Connectors.Grok.Tests.SelfRegisteredExtensions.AddSelfRegisteredExtensions),
    _ => await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args),
};
