using Connectors.Grok.SemanticKernel.Tests.Support;

if (args is ["continue", var integration, var address, var mode, var file, var question])
{
    await Continuation.ContinueAsync(integration, new Uri(address), mode, file, question);
    return 0;
}

return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
