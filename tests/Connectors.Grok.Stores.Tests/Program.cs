using Connectors.Grok.Stores.Tests.Support;

if (args is ["write", var kind, var medium, var prefix, var count])
{
    await Writer.WriteAsync(kind, medium, prefix, int.Parse(count));
    return 0;
}

return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
