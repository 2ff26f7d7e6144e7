using Connectors.Grok.Web.Tests.Load;

// dotnet run -c Release --project tests/Connectors.Grok.Web.Tests -- load [VISITORS [SECONDS]]
return args is ["load", .. var numbers]
    ? await LoadCommand.RunAsync(numbers)
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
