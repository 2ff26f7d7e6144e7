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
/// One application that logs everything and is watched from every side, while it goes through what can happen. What was said, in both
/// directions, and the key are then looked for in all that was seen.
/// </summary>
public class SecrecyTests
{
    // The beginning of a PNG file of 16 pixels a side, and the mark.
    private static readonly byte[] Image = [0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n', 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 0, 16, 0, 0, 0, 16, 8, 2, 0, 0, 0, .. Encoding.ASCII.GetBytes(Secrets.ImageWord)];

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Key_and_messages_are_not_exposed_unless_LogSensitiveData_is_set(bool isAskedFor)
    {
        var secrets = new Secrets();
        using var witness = new Witness();
        await using (var app = await App.StartAsync(witness, isAskedFor))
        {
            await Conversations(app, secrets);
            await ToolLoops(app);
            if (!isAskedFor)
            {
                await EveryFault(app);
                await WrongRequests(app);
                await Imports(app);
                await EndsBeforeTheEnd(app);
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
        if (!isAskedFor)
        {
            Assert.True(leaks.Count == 0, string.Join("\n\n", leaks));
            Assert.Contains("exception GrokException", places.Keys);
            Assert.Contains("exception GrokException Timeout", places.Keys);
            Assert.Contains("exception ArgumentException", places.Keys);
            Assert.Contains("exception NotSupportedException", places.Keys);
            Assert.Contains("exception InvalidDataException", places.Keys);
            return;
        }

        // The control: asked for, the log tells everything but the key, so the search would have found it. Nothing else does.
        var said = (string[])[Secrets.PromptWord, Secrets.AnswerWord, Secrets.SummaryWord, Secrets.ArgumentsWord, Secrets.ResultWord, Secrets.ImageWord, Secrets.UserWord, Secrets.InstructionsWord, Secrets.ToolWord, "sealed"];
        Assert.All(said, word => Assert.Contains(leaks, l => l.StartsWith($"{word} in log Connectors.Grok:", StringComparison.Ordinal)));
        Assert.All(leaks, static l => Assert.Contains(" in log Connectors.Grok:", l, StringComparison.Ordinal));
        Assert.Empty(secrets.FoundIn(witness.Text).Except(said));
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

        // What the service no longer has is sent anew.
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
        foreach (var name in FaultCatalog.Names.Select(static f => f.Name).Where(static n => n != "stall"))
        {
            foreach (var client in app.Clients)
            {
                foreach (var isStreamed in (bool[])[false, true])
                {
                    // As often as the client tries.
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
        var said = Secrets.Say(Secrets.PromptWord);
        AIContent[] contents =
        [
            new DataContent(Encoding.UTF8.GetBytes(said), "image/png"),
            new DataContent(Encoding.UTF8.GetBytes(said), "audio/wav"),
            new UriContent($"ftp://example.org/{Secrets.PromptWord}.png", "image/png"),
            new UriContent(new Uri($"{Secrets.PromptWord}.pdf", UriKind.Relative), "application/pdf"),
            new UriContent($"https://example.org/{Secrets.PromptWord}.bmp", "image/bmp"),
            new TextContent(said) { AdditionalProperties = new() { [GrokKeys.Content.ImageDetail] = said } },
            new DataContent(Image, "image/png") { AdditionalProperties = new() { [GrokKeys.Content.ImageDetail] = said } },
            new FunctionResultContent("call-1", said),
            new FunctionResultContent("call-1", new Dictionary<string, object?> { ["said"] = said, ["cannot"] = new Func<int>(static () => 1) }),
            new FunctionCallContent("call-1", "find", new Dictionary<string, object?> { ["what"] = said, ["cannot"] = new Func<int>(static () => 1) }),
            new ErrorContent(said),
            new TextReasoningContent(said) { ProtectedData = said },
        ];
        Action<ChatOptions>[] changes =
        [
            o => (o.StopSequences, o.AdditionalProperties![GrokKeys.Request.StrictOptions]) = ([said], true),
            o => o.AdditionalProperties![GrokKeys.Request.ExtraBody] = said,
            o => o.AdditionalProperties![GrokKeys.Request.Metadata] = said,
            o => o.AdditionalProperties![GrokKeys.Request.MaxTurns] = said,
            o => o.AdditionalProperties![GrokKeys.Request.Text] = said,
            o => o.AdditionalProperties![GrokKeys.Request.ResponseFormat] = said,
            o => o.AdditionalProperties![GrokKeys.Request.Tools] = said,
            o => o.AdditionalProperties![GrokKeys.Request.Include] = 7,
            o => o.AdditionalProperties![GrokKeys.Request.SearchParameters] = said,
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
                    await app.SeeAsync(() => Ask(client, isStreamed, options, new TextContent(said)));
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
        var said = Secrets.PromptWord;
        string[] wrong =
        [
            document[..(document.IndexOf(said, StringComparison.Ordinal) + 6)],
            document.Replace("\"format\"", $"\"{said}\"", StringComparison.Ordinal),
            document.Replace("\"head\"", $"\"head\":\"{said[..^1]}\",\"old\"", StringComparison.Ordinal),
            document.Replace("\"$type\"", $"\"$type\":\"{said}\",\"old\"", StringComparison.Ordinal),
            document.Replace("\"input\"", $"\"kept\":\"{said}\",\"input\"", StringComparison.Ordinal),
            document.Replace("\"input\"", $"\"input\":\"{said}\",\"old\"", StringComparison.Ordinal),
            document.Replace("\"role\"", $"\"role\":[\"{said}\"],\"old\"", StringComparison.Ordinal),
            document.Replace("\"uri\":\"", $"\"uri\":\"{said}", StringComparison.Ordinal),
            document.Replace("\"uri\":\"data:", $"\"uri\":\"data:{said},", StringComparison.Ordinal),
            document.Replace("\"version\"", $"\"version\":\"{said}\",\"old\"", StringComparison.Ordinal),
            $"{said}{document}", $"\"{said}\"", $"[\"{said}\"]", "",
        ];
        for (var i = 0; i < wrong.Length; i++)
        {
            using var source = new MemoryStream(Encoding.UTF8.GetBytes(wrong[i]));
            await app.SeeAsync(() => app.Kept.Conversations.ImportAsync($"imported-{i}", source, Now));
        }

        using var again = new MemoryStream(exported.ToArray());
        await app.SeeAsync(() => app.Kept.Conversations.ImportAsync("ticket-False", again, Now));
        await app.SeeAsync(() => app.Kept.Conversations.ForkAsync("ticket-False", "ticket-True", null, Now));
        await app.SeeAsync(() => app.Kept.Conversations.RewindAsync("ticket-False", 99, Now));
    }

    /// <summary>Left by the caller, and cut off by a timeout.</summary>
    private static async Task EndsBeforeTheEnd(App app)
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

        // Nothing comes after this, so that the time is up however slow the machine is.
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

    /// <summary>The application: a client as registered, and one that keeps conversations, over one emulator.</summary>
    private sealed class App(Witness witness, GrokEmulator emulator, IHost host) : IAsyncDisposable
    {
        public Witness Witness => witness;

        public GrokEmulator Emulator => emulator;

        public IServiceProvider Services => host.Services;

        public ILoggerFactory Loggers => Services.GetRequiredService<ILoggerFactory>();

        public ConversationChatClient Kept { get; } = (ConversationChatClient)host.Services.GetRequiredService<IChatClient>();

        public IReadOnlyList<IChatClient> Clients => [Services.GetRequiredService<GrokChatClient>(), Kept];

        public static async Task<App> StartAsync(Witness witness, bool isAskedFor)
        {
            var emulator = new GrokEmulator(new() { ApiKey = Secrets.Key });
            var builder = Host.CreateEmptyApplicationBuilder(new() { DisableDefaults = true });
            builder.Configuration["Grok:Endpoint"] = "http://localhost/v1";
            builder.Configuration["Grok:ApiKey"] = Secrets.Key;
            builder.Configuration["Grok:MaxRetries"] = "1";
            builder.Configuration["Grok:RetryDelay"] = "00:00:00";
            builder.Configuration["Grok:LogSensitiveData"] = $"{isAskedFor}";
            builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(witness);
            var grok = builder.AddGrokChatClient();
            grok.HttpClient.ConfigurePrimaryHttpMessageHandler(() => emulator.CreateHandler());
            grok.AddConversations();
            // Even where the application shows all headers of its other clients.
            builder.Services.ConfigureHttpClientDefaults(static http => http.RedactLoggedHeaders(static _ => false));
            builder.Services.AddHealthChecks().AddGrok(configure: static o => (o.Ping, o.CacheDuration) = (true, TimeSpan.Zero));
            var host = builder.Build();
            await host.StartAsync(Now);
            return new(witness, emulator, host);
        }

        /// <summary>Every option that holds something the caller said.</summary>
        public static ChatOptions Options(IChatClient client, string conversation) => new()
        {
            // Elsewhere it would be the id of a response.
            ConversationId = client is ConversationChatClient ? conversation : null,
            Instructions = Secrets.Say(Secrets.InstructionsWord),
            AdditionalProperties = new() { [GrokKeys.Request.User] = Secrets.Say(Secrets.UserWord) },
        };

        /// <summary>Whatever comes of it is written down.</summary>
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
