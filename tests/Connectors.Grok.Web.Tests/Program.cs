using Connectors.Grok.Web.Tests.Load;

// dotnet run -c Release --project tests/Connectors.Grok.Web.Tests -- load [VISITORS [SECONDS]]
// dotnet run -c Release --project tests/Connectors.Grok.Web.Tests -- images [MESSAGES [IMAGES]]
// dotnet run -c Release --project tests/Connectors.Grok.Web.Tests -- timings [TURNS]
return args is ["load", .. var numbers] ? await LoadCommand.RunAsync(numbers)
    : args is ["images", .. var messages] ? await ImagesCommand.RunAsync(messages)
    : args is ["timings", .. var turns] ? await TimingsCommand.RunAsync(turns)
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
