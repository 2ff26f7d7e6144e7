namespace Connectors.Grok.Web.Tests.Support;

/// <summary>A host for those tests of a class that differ only in what they send. Each is another visitor.</summary>
public class SharedHost(params string[] settings) : IAsyncLifetime
{
    private WebHost? _host;

    internal WebHost Host => _host!;

    public async ValueTask InitializeAsync() => _host = await WebHost.StartAsync(settings);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Host.DisposeAsync();
    }
}
