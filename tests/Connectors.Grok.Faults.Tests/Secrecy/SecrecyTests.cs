using System.Text;
using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Connectors.Grok.Emulator.Faults;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Connectors.Grok.Faults.Tests.Secrecy;

/// <summary>
/// Runs an application that logs everything, with all listeners attached, through successes and failures. The content of
/// requests and answers, and the key, are then searched for in everything that was recorded.
/// </summary>
public class SecrecyTests
{
    // The header of a PNG file of 16 × 16 pixels, and the marker.
    private static readonly byte[] Image = [0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n', 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 0, 16, 0, 0, 0, 16, 8, 2, 0, 0, 0, .. Encoding.ASCII.GetBytes(Secrets.ImageWord)];

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Key_and_messages_are_not_exposed_unless_LogSensitiveData_is_set(bool isEnabled, bool isRotating)
    {
        var secrets = new Secrets();
        using var witness = new Witness();
        await using (var app = await App.StartAsync(witness, isEnabled, isRotating))
        {
            await Conversations(app, secrets);
            await ToolLoops(app);
            if (!isEnabled)
            {
                await EveryFault(app);
                await WrongRequests(app);
                await Imports(app);
                await AbandonedAndTimedOutStreams(app);
            }

            await Health(app);
        }

        var leaks = witness.Leaks(secrets);
        var places = witness.Places;
        foreach (var place in (string[])["log Connectors.Grok", "activity Connectors.Grok", "metric Connectors.Grok", "metric Connectors.Grok.Conversations", "health"])
        {
            Assert.Contains(place, places.Keys);
        }

        Assert.Contains(places.Keys, static p => p.StartsWith("log System.Net.Http.HttpClient", StringComparison.Ordinal));
        if (!isEnabled)
        {
            Assert.True(leaks.Count == 0, string.Join("\n\n", leaks));
            Assert.Contains("exception GrokException", places.Keys);
            Assert.Contains("exception GrokException Timeout", places.Keys);
            Assert.Contains("exception ArgumentException", places.Keys);
            Assert.Contains("exception NotSupportedException", places.Keys);
            Assert.Contains("exception InvalidDataException", places.Keys);
            return;
        }

        // The control: when enabled, the log contains everything but the key, which proves that the search works. No other place contains it.
        var marked = (string[])[Secrets.PromptWord, Secrets.AnswerWord, Secrets.SummaryWord, Secrets.ArgumentsWord, Secrets.ResultWord, Secrets.ImageWord, Secrets.UserWord, Secrets.InstructionsWord, Secrets.ToolWord, "sealed"];
        Assert.All(marked, word => Assert.Contains(leaks, l => l.StartsWith($"{word} in log Connectors.Grok:", StringComparison.Ordinal)));
        Assert.All(leaks, static l => Assert.Contains(" in log Connectors.Grok:", l, StringComparison.Ordinal));
        Assert.Empty(secrets.FoundIn(witness.Text).Except(marked));
    }

    [Fact]
    public async Task Invalid_setting_is_reported_without_its_value()
    {
        using var witness = new Witness();
        foreach (var setting in typeof(GrokChatClientOptions).GetProperties().Select(static p => p.Name).Append("ReasoningEfforts:grok-5:0"))
        {
            using var host = Build(witness, ("Grok:Endpoint", "http://localhost/v1"), ($"Grok:{setting}", $"{Secrets.Key} {Secrets.PasswordWord}"));
            if (await Record.ExceptionAsync(() => host.StartAsync(Now)) is { } e)
            {
                witness.Saw(e);
                witness.Saw(await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Now));
            }
        }

        Assert.True(witness.Places[$"exception {nameof(OptionsValidationException)}"] >= 10, string.Join(", ", witness.Places));
        Assert.Empty(witness.Leaks(new Secrets()));
    }

    [Theory]
    [InlineData("http://grok.example/v1?key=")]
    [InlineData("https://grok.example/v1?key=")]
    [InlineData("https://grok.example/v1#")]
    [InlineData("ftp://grok.example/")]
    public void Invalid_endpoint_is_reported_without_its_secrets(string address)
    {
        var e = Assert.Throws<ArgumentException>(() => new GrokChatClientOptions { ApiKey = Secrets.Key, Endpoint = new Uri(address + Secrets.PasswordWord) }.Validate());
        Assert.Empty(new Secrets().FoundIn(Witness.Dump(e)));
    }

    [Fact]
    public async Task Emulator_log_does_not_hold_the_key()
    {
        await using var emulator = new GrokEmulator(new() { ApiKey = Secrets.Key });
        using var http = new HttpClient(emulator.CreateHandler()) { BaseAddress = new("http://localhost/v1/") };
        foreach (var authorization in (string[])[$"Bearer {Secrets.Key}", Secrets.Key, $"Basic {Secrets.Key} x", $" {Secrets.Key}"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "models");
            Assert.True(request.Headers.TryAddWithoutValidation("Authorization", authorization));
            using var answer = await http.SendAsync(request, Now);
            Assert.Empty(new Secrets().FoundIn(await answer.Content.ReadAsStringAsync(Now)));
        }

        Assert.Equal(4, emulator.Requests.Count);
        Assert.All(emulator.Requests, static r => Assert.Empty(new Secrets().FoundIn($"{r} {string.Join(' ', r.Headers)} {r.Body} {r.Path}")));
    }

    private static async Task Conversations(App app, Secrets secrets)
    {
        foreach (var client in app.Clients)
        {
            foreach (var isStreamed in (bool[])[false, true])
            {
                app.Emulator.Script.Reply(static r => r.Reasoning(Secrets.Say(Secrets.SummaryWord)).Text(Secrets.Say(Secrets.AnswerWord)));
                var options = App.Options(client, $"ticket-{isStreamed}");
                options.AdditionalProperties![GrokKeys.Request.Store] = false;
                var answer = await Ask(client, isStreamed, options, new TextContent(Secrets.Say(Secrets.PromptWord)), new DataContent(Image, "image/png"));
                Assert.Contains(Secrets.AnswerWord, answer!.Text, StringComparison.Ordinal);
                var blob = answer.Messages.SelectMany(static m => m.Contents).OfType<TextReasoningContent>().First(static r => r.ProtectedData is not null).ProtectedData!;
                secrets.Add("sealed", blob[8..40]);
            }
        }

        // The service no longer stores the response, so the conversation is rebuilt.
        await Ask(app.Kept, false, App.Options(app.Kept, "ticket-old"), new TextContent(Secrets.Say(Secrets.PromptWord)));
        app.Emulator.ExpireResponses();
        await Ask(app.Kept, true, App.Options(app.Kept, "ticket-old"), new TextContent(Secrets.Say(Secrets.PromptWord)));
    }

    private static async Task ToolLoops(App app)
    {
        foreach (var client in app.Clients)
        {
            app.Emulator.Script.Reply(static r => r.Call("find", $$"""{"what":"{{Secrets.ArgumentsWord}}"}"""));
            var options = App.Options(client, "ticket-tools");
            options.Tools = [AIFunctionFactory.Create(static (string what) => what, "find", Secrets.Say(Secrets.ToolWord))];
            var first = await client.GetResponseAsync([new(ChatRole.User, Secrets.Say(Secrets.PromptWord))], options, Now);
            var call = first.Messages.SelectMany(static m => m.Contents).OfType<FunctionCallContent>().Single();
            options.ConversationId = first.ConversationId;
            await client.GetResponseAsync([new(ChatRole.Tool, [new FunctionResultContent(call.CallId, Secrets.Say(Secrets.ResultWord))])], options, Now);
        }
    }

    private static async Task EveryFault(App app)
    {
        foreach (var name in FaultCatalog.Names.Select(static f => f.Name).Where(static n => n is not ("stall" or "pings")))
        {
            foreach (var client in app.Clients)
            {
                foreach (var isStreamed in (bool[])[false, true])
                {
                    // Once for each attempt of the client.
                    app.Emulator.Faults.Enqueue(FaultCatalog.Parse(name));
                    app.Emulator.Faults.Enqueue(FaultCatalog.Parse(name));
                    app.Emulator.Script.Reply(static r => r.Reasoning(Secrets.Say(Secrets.SummaryWord)).Text(Secrets.Say(Secrets.AnswerWord)));
                    await app.SeeAsync(() => Ask(client, isStreamed, App.Options(client, $"ticket-{name}"), new TextContent(Secrets.Say(Secrets.PromptWord))));
                    app.Emulator.Faults.Clear();
                    app.Emulator.Script.Clear();
                }
            }
        }
    }

    private static async Task WrongRequests(App app)
    {
        var marked = Secrets.Say(Secrets.PromptWord);
        AIContent[] contents =
        [
            new DataContent(Encoding.UTF8.GetBytes(marked), "image/png"),
            new DataContent(Encoding.UTF8.GetBytes(marked), "audio/wav"),
            new UriContent($"ftp://example.org/{Secrets.PromptWord}.png", "image/png"),
            new UriContent(new Uri($"{Secrets.PromptWord}.pdf", UriKind.Relative), "application/pdf"),
            new UriContent($"https://example.org/{Secrets.PromptWord}.bmp", "image/bmp"),
            new TextContent(marked) { AdditionalProperties = new() { [GrokKeys.Content.ImageDetail] = marked } },
            new DataContent(Image, "image/png") { AdditionalProperties = new() { [GrokKeys.Content.ImageDetail] = marked } },
            new FunctionResultContent("call-1", marked),
            new FunctionResultContent("call-1", new Dictionary<string, object?> { ["said"] = marked, ["cannot"] = new Func<int>(static () => 1) }),
            new FunctionCallContent("call-1", "find", new Dictionary<string, object?> { ["what"] = marked, ["cannot"] = new Func<int>(static () => 1) }),
            new ErrorContent(marked),
            new TextReasoningContent(marked) { ProtectedData = marked },
        ];
        Action<ChatOptions>[] changes =
        [
            o => (o.StopSequences, o.AdditionalProperties![GrokKeys.Request.StrictOptions]) = ([marked], true),
            o => o.AdditionalProperties![GrokKeys.Request.ExtraBody] = marked,
            o => o.AdditionalProperties![GrokKeys.Request.Metadata] = marked,
            o => o.AdditionalProperties![GrokKeys.Request.MaxTurns] = marked,
            o => o.AdditionalProperties![GrokKeys.Request.Text] = marked,
            o => o.AdditionalProperties![GrokKeys.Request.ResponseFormat] = marked,
            o => o.AdditionalProperties![GrokKeys.Request.Tools] = marked,
            o => o.AdditionalProperties![GrokKeys.Request.Include] = 7,
            o => o.AdditionalProperties![GrokKeys.Request.SearchParameters] = marked,
            o => o.ConversationId = "5808284d-ae14-9981-9289-73515f67ebda",
            o => o.ModelId = "grok-unheard-of",
            o => o.Temperature = 99,
            o => o.MaxOutputTokens = -1,
        ];
        foreach (var client in app.Clients)
        {
            foreach (var isStreamed in (bool[])[false, true])
            {
                foreach (var content in contents)
                {
                    await app.SeeAsync(() => Ask(client, isStreamed, App.Options(client, "ticket-wrong"), content));
                }

                foreach (var change in changes)
                {
                    var options = App.Options(client, "ticket-wrong");
                    change(options);
                    await app.SeeAsync(() => Ask(client, isStreamed, options, new TextContent(marked)));
                }
            }
        }
    }

    private static async Task Imports(App app)
    {
        using var exported = new MemoryStream();
        await app.Kept.Conversations.ExportAsync("ticket-False", exported, Now);
        var document = Encoding.UTF8.GetString(exported.ToArray());
        Assert.Contains(Secrets.PromptWord, document, StringComparison.Ordinal);
        var marked = Secrets.PromptWord;
        string[] wrong =
        [
            document[..(document.IndexOf(marked, StringComparison.Ordinal) + 6)],
            document.Replace("\"format\"", $"\"{marked}\"", StringComparison.Ordinal),
            document.Replace("\"head\"", $"\"head\":\"{marked[..^1]}\",\"old\"", StringComparison.Ordinal),
            document.Replace("\"$type\"", $"\"$type\":\"{marked}\",\"old\"", StringComparison.Ordinal),
            document.Replace("\"input\"", $"\"kept\":\"{marked}\",\"input\"", StringComparison.Ordinal),
            document.Replace("\"input\"", $"\"input\":\"{marked}\",\"old\"", StringComparison.Ordinal),
            document.Replace("\"role\"", $"\"role\":[\"{marked}\"],\"old\"", StringComparison.Ordinal),
            document.Replace("\"uri\":\"", $"\"uri\":\"{marked}", StringComparison.Ordinal),
            document.Replace("\"uri\":\"data:", $"\"uri\":\"data:{marked},", StringComparison.Ordinal),
            document.Replace("\"version\"", $"\"version\":\"{marked}\",\"old\"", StringComparison.Ordinal),
            $"{marked}{document}", $"\"{marked}\"", $"[\"{marked}\"]", "",
        ];
        for (var i = 0; i < wrong.Length; i++)
        {
            using var source = new MemoryStream(Encoding.UTF8.GetBytes(wrong[i]));
            await app.SeeAsync(() => app.Kept.Conversations.ImportAsync($"imported-{i}", source, cancellationToken: Now));
        }

        using var again = new MemoryStream(exported.ToArray());
        await app.SeeAsync(() => app.Kept.Conversations.ImportAsync("ticket-False", again, cancellationToken: Now));
        await app.SeeAsync(() => app.Kept.Conversations.ForkAsync("ticket-False", "ticket-True", null, Now));
        await app.SeeAsync(() => app.Kept.Conversations.RewindAsync("ticket-False", 99, Now));
    }

    /// <summary>Streams abandoned by the caller, and ended by a timeout.</summary>
    private static async Task AbandonedAndTimedOutStreams(App app)
    {
        foreach (var client in app.Clients)
        {
            using var left = CancellationTokenSource.CreateLinkedTokenSource(Now);
            app.Emulator.Script.Reply(static r => r.Text(Secrets.Say(Secrets.AnswerWord)));
            await app.SeeAsync(async () =>
            {
                await foreach (var _ in client.GetStreamingResponseAsync(Secrets.Say(Secrets.PromptWord), App.Options(client, "ticket-left"), left.Token))
                {
                    await left.CancelAsync();
                }
            });
            await app.SeeAsync(() => client.GetResponseAsync(Secrets.Say(Secrets.PromptWord), App.Options(client, "ticket-left"), left.Token));
            app.Emulator.Script.Clear();
        }

        // No bytes follow, so that the timeout passes on any machine.
        using var hasty = new GrokChatClient(
            new()
            {
                ApiKey = Secrets.Key,
                Endpoint = new("http://localhost/v1"),
                StreamIdleTimeout = TimeSpan.FromMilliseconds(50),
                LoggerFactory = app.Loggers,
            },
            new HttpClient(app.Emulator.CreateHandler()));
        app.Emulator.Faults.Enqueue(FaultCatalog.Parse("stall; after=2"));
        await app.SeeAsync(() => Ask(hasty, true, App.Options(hasty, ""), new TextContent(Secrets.Say(Secrets.PromptWord))));
        app.Emulator.Faults.Clear();

        using var wrongKey = new GrokChatClient(
            new() { ApiKey = $"wrong-{Secrets.Key}", Endpoint = new("http://localhost/v1"), LoggerFactory = app.Loggers }, new HttpClient(app.Emulator.CreateHandler()));
        await app.SeeAsync(() => Ask(wrongKey, false, App.Options(wrongKey, ""), new TextContent(Secrets.Say(Secrets.PromptWord))));
    }

    private static async Task Health(App app)
    {
        var health = app.Services.GetRequiredService<HealthCheckService>();
        app.Witness.Saw(await health.CheckHealthAsync(Now));
        foreach (var name in (string[])["bad-credentials", "html", "json-string"])
        {
            app.Emulator.Faults.Enqueue(FaultCatalog.Parse(name));
            app.Emulator.Faults.Enqueue(FaultCatalog.Parse(name));
            app.Witness.Saw(await health.CheckHealthAsync(Now));
            app.Emulator.Faults.Clear();
        }
    }

    private static async Task<ChatResponse?> Ask(IChatClient client, bool isStreamed, ChatOptions options, params AIContent[] contents)
    {
        var message = new ChatMessage(contents is [FunctionCallContent] ? ChatRole.Assistant : contents is [FunctionResultContent] ? ChatRole.Tool : ChatRole.User, contents);
        return isStreamed ? await client.GetStreamingResponseAsync([message], options, Now).ToChatResponseAsync(Now) : await client.GetResponseAsync([message], options, Now);
    }

    private static IHost Build(Witness witness, params (string Path, string? Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new() { DisableDefaults = true });
        foreach (var (path, value) in settings)
        {
            builder.Configuration[path] = value;
        }

        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(witness);
        builder.AddGrokChatClient();
        builder.Services.AddHealthChecks().AddGrok();
        return builder.Build();
    }

    /// <summary>The application: the registered client, and the conversation client, over one emulator.</summary>
    private sealed class App(Witness witness, GrokEmulator emulator, IHost host) : IAsyncDisposable
    {
        public Witness Witness => witness;

        public GrokEmulator Emulator => emulator;

        public IServiceProvider Services => host.Services;

        public ILoggerFactory Loggers => Services.GetRequiredService<ILoggerFactory>();

        public ConversationChatClient Kept { get; } = (ConversationChatClient)host.Services.GetRequiredService<IChatClient>();

        public IReadOnlyList<IChatClient> Clients => [Services.GetRequiredService<GrokChatClient>(), Kept];

        public static async Task<App> StartAsync(Witness witness, bool isEnabled, bool isRotating)
        {
            var emulator = new GrokEmulator(new() { ApiKey = Secrets.Key });
            var builder = Host.CreateEmptyApplicationBuilder(new() { DisableDefaults = true });
            builder.Configuration["Grok:Endpoint"] = "http://localhost/v1";
            builder.Configuration["Grok:ApiKey"] = isRotating ? null : Secrets.Key;
            builder.Configuration["Grok:Headers:x-team"] = Secrets.Header;
            builder.Configuration["Grok:MaxRetries"] = "1";
            builder.Configuration["Grok:RetryDelay"] = "00:00:00";
            builder.Configuration["Grok:RecoveryTimeout"] = "00:00:00.2";
            builder.Configuration["Grok:LogSensitiveData"] = $"{isEnabled}";
            builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(witness);
            var asked = 0;
            var grok = builder.AddGrokChatClient(o =>
            {
                // Every other credential is wrong, so that each call renews it.
                o.Credential = !isRotating ? null : _ => new(Interlocked.Increment(ref asked) % 2 == 1 ? $"wrong-{Secrets.Key}" : Secrets.Key);
            });
            grok.HttpClient.ConfigurePrimaryHttpMessageHandler(() => emulator.CreateHandler());
            grok.AddConversations();
            // Even if the application logs all headers of its other clients.
            builder.Services.ConfigureHttpClientDefaults(static http => http.RedactLoggedHeaders(static _ => false));
            builder.Services.AddHealthChecks().AddGrok(configure: static o => (o.Ping, o.CacheDuration) = (true, TimeSpan.Zero));
            var host = builder.Build();
            await host.StartAsync(Now);
            return new(witness, emulator, host);
        }

        /// <summary>Options that contain content of the caller.</summary>
        public static ChatOptions Options(IChatClient client, string conversation) => new()
        {
            // For other clients it would be a response id.
            ConversationId = client is ConversationChatClient ? conversation : null,
            Instructions = Secrets.Say(Secrets.InstructionsWord),
            AdditionalProperties = new() { [GrokKeys.Request.User] = Secrets.Say(Secrets.UserWord) },
        };

        /// <summary>Runs the call and records its exception.</summary>
        public async Task SeeAsync(Func<Task> call)
        {
            if (await Record.ExceptionAsync(call) is { } e)
            {
                witness.Saw(e);
            }
        }

        public async ValueTask DisposeAsync()
        {
            host.Dispose();
            await emulator.DisposeAsync();
        }
    }
}
