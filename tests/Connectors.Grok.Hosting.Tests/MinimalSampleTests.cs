using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Reflection;
using Connectors.Grok.Emulator;
using Connectors.Grok.Tests;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Connectors.Grok.Hosting.Tests;

/// <summary>The web application of docs/getting-started.md equals samples/Minimal, and runs on a loopback server.</summary>
public class MinimalSampleTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public void Program_of_the_page_equals_the_Minimal_sample()
    {
        var page = File.ReadAllText(Repository.PathTo("docs/getting-started.md")).ReplaceLineEndings("\n");
        var program = File.ReadAllText(Repository.PathTo("samples/Minimal/Program.cs")).ReplaceLineEndings("\n").Trim();
        Assert.Contains($"```cs\n{program}\n```", page, StringComparison.Ordinal);
        Assert.InRange(program.Split('\n').Count(static l => l.Length > 0), 5, 10);
    }

    [Fact]
    public async Task Minimal_sample_streams_a_conversation()
    {
        await using var emulator = await GrokEmulator.StartAsync(cancellationToken: Now);
        using var built = new HostBuilt();
        var program = Assembly.Load("Minimal").EntryPoint!;
        string[] args = ["--urls", "http://127.0.0.1:0", "--Grok:Endpoint", emulator.BaseAddress.AbsoluteUri, "--Logging:LogLevel:Default", "None"];
        var running = Task.Run(() => program.Invoke(null, [args]), Now);
        var host = await built.Host.WaitAsync(TimeSpan.FromMinutes(1), Now);
        var life = host.Services.GetRequiredService<IHostApplicationLifetime>();
        try
        {
            var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var registration = life.ApplicationStarted.Register(started.SetResult);
            await started.Task.WaitAsync(TimeSpan.FromMinutes(1), Now);
            var address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
            using var http = new HttpClient { BaseAddress = new(address) };

            await AskAsync(http, "My name is Alice. Remember this.");
            var pieces = await AskAsync(http, "What's my name?");
            Assert.Contains("Alice", string.Concat(pieces), StringComparison.Ordinal);
            Assert.True(pieces.Count(static p => p.Length > 0) > 1, "The answer came in one piece.");
            Assert.NotNull(emulator.Requests[^1].PreviousResponseId);

            foreach (var type in (string[])["text/plain", "application/x-www-form-urlencoded"])
            {
                Assert.Contains("Alice", string.Concat(await AskAsync(http, "What's my name?", type)), StringComparison.Ordinal);
                Assert.Equal("What's my name?", emulator.Requests[^1].LastUserText);
            }

            using var malformed = new StringContent("What's my name?", null, "application/json");
            Assert.Equal(System.Net.HttpStatusCode.BadRequest, (await http.PostAsync(new Uri("/chat/ticket-4711", UriKind.Relative), malformed, Now)).StatusCode);
            foreach (var empty in (HttpContent?[])[new StringContent(" ", null, "text/plain"), new ByteArrayContent([]), null])
            {
                Assert.Equal(System.Net.HttpStatusCode.BadRequest, (await http.PostAsync(new Uri("/chat/ticket-4711", UriKind.Relative), empty, Now)).StatusCode);
            }
        }
        finally
        {
            life.StopApplication();
            await running.WaitAsync(TimeSpan.FromMinutes(1), CancellationToken.None);
        }
    }

    private static async Task<List<string>> AskAsync(HttpClient http, string text, string type = "application/json")
    {
        using var content = new StringContent(type == "application/json" ? $"\"{text}\"" : text, null, type);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/chat/ticket-4711") { Content = content };
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Now);
        Assert.Equal("text/event-stream", answer.EnsureSuccessStatusCode().Content.Headers.ContentType?.MediaType);
        Assert.Equal("no", answer.Headers.GetValues("X-Accel-Buffering").Single());
        var pieces = new List<string>();
        await foreach (var e in SseParser.Create(await answer.Content.ReadAsStreamAsync(Now)).EnumerateAsync(Now))
        {
            pieces.Add(e.Data);
        }

        return pieces;
    }

    /// <summary>Observes the first web application with a chat client that this process builds. The chat client distinguishes it from emulators, which are web applications too.</summary>
    private sealed class HostBuilt : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
    {
        private readonly TaskCompletionSource<IHost> _host = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<IDisposable> _subscriptions = [];

        public HostBuilt() => _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));

        public Task<IHost> Host => _host.Task;

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Microsoft.Extensions.Hosting")
            {
                _subscriptions.Add(value.Subscribe(this));
            }
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value is { Key: "HostBuilt", Value: IHost host } && host.Services.GetService<IServer>() is not null && host.Services.GetService<IChatClient>() is not null)
            {
                _host.TrySetResult(host);
            }
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void Dispose() => _subscriptions.ForEach(static s => s.Dispose());
    }
}
