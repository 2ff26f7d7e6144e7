using System.Net;
using Connectors.Grok.Emulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Web;

namespace Connectors.Grok.Web.Tests.Support;

/// <summary>The sample on a loopback port with an emulator. Its log is captured and searched for secrets when the host is disposed.</summary>
internal sealed class WebHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _folder;
    private readonly bool _ownsEmulator;

    private WebHost(WebApplication app, GrokEmulator emulator, bool ownsEmulator, LogCapture log, string folder) =>
        (_app, Emulator, _ownsEmulator, Log, _folder) = (app, emulator, ownsEmulator, log, folder);

    public GrokEmulator Emulator { get; }

    public LogCapture Log { get; }

    public string Address => _app.Urls.First();

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts a host with its own emulator.</summary>
    /// <param name="settings">Settings in addition to those of every test.</param>
    public static Task<WebHost> StartAsync(params string[] settings) => StartAsync(null, settings);

    /// <summary>Starts a host.</summary>
    /// <param name="emulator">A shared emulator; null to start one.</param>
    /// <param name="settings">Settings in addition to those of every test, such as <c>Web:MaxText=5</c>.</param>
    public static async Task<WebHost> StartAsync(GrokEmulator? emulator, params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("grok-web-").FullName;
        var log = new LogCapture();
        var api = emulator ?? await GrokEmulator.StartAsync();
        string[] common =
        [
            "Urls=http://127.0.0.1:0", $"Grok:Endpoint={api.BaseAddress}", $"Grok:ApiKey={Marked.Key}", "Grok:MaxRetries=0", "Grok:RecoveryTimeout=00:00:00", "Web:FaultPanel=true",
            $"Web:Database={Path.Combine(folder, "conversations.db")}", "Web:FirstWait=00:01:00", "Web:TextInterval=00:00:00", "Web:MessagesPerVisitor=1000", "Web:RequestsPerVisitor=10000",
            "Web:RequestsPerAddress=100000", "Web:MessagesPerAddress=100000", "Web:MaxRunningPerAddress=1000", "Logging:LogLevel:Default=Trace", "Logging:LogLevel:Microsoft.AspNetCore=Trace", "Logging:LogLevel:System.Net.Http=Trace",
        ];
        var app = await ChatApp.BuildAsync([.. common.Concat(settings).Select(static s => $"--{s}")], builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<ILoggerProvider>(log);
        });
        await app.StartAsync();
        return new WebHost(app, api, emulator is null, log, folder);
    }

    /// <summary>Creates a visitor, with new cookies by default.</summary>
    public Visit NewVisit(CookieContainer? cookies = null) => new(Address, cookies);

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        if (_ownsEmulator)
        {
            await Emulator.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
        Assert.NotEmpty(Log.Lines);
        Marked.ShouldBeNowhereIn(Log.Lines);
    }
}
