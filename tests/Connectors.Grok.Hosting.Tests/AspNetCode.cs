using System.Diagnostics;
using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Connectors.Grok.Emulator;
using Connectors.Grok.Hosting.Tests.Support;
using Connectors.Grok.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;

namespace Connectors.Grok.Hosting.Tests;

/// <summary>The C# blocks of docs/aspnet.md, in their order, in a web application on loopback.</summary>
public sealed class AspNetCode
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public void Code_of_the_ASP_NET_page_equals_the_compiled_code() => PageCode.AssertSame("docs/aspnet.md", "AspNetCode.cs");

    #region problems
    internal sealed class GrokProblems : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
        {
            if (exception is GrokException { RetryAfter: { } wait })
            {
                httpContext.Response.Headers.RetryAfter = $"{Math.Ceiling(wait.TotalSeconds):0}";
            }

            await (exception is GrokException failure ? TypedResults.Problem(From(failure)).ExecuteAsync(httpContext) : Task.CompletedTask);
            return exception is GrokException;
        }

        public static ProblemDetails From(GrokException failure) => new()
        {
            Title = "The answer failed.", // not the message, which can repeat what the service said about the request
            Status = failure.Kind switch
            {
                GrokErrorKind.RateLimit => 429,
                GrokErrorKind.InvalidRequest or GrokErrorKind.ContentPolicy or GrokErrorKind.ContextLength => 422,
                GrokErrorKind.Overload or GrokErrorKind.Quota or GrokErrorKind.ConversationStore => 503,
                GrokErrorKind.Timeout => 504,
                GrokErrorKind.ConversationConflict => 409,
                _ => 502,
            },
            Extensions = { ["kind"] = failure.Kind.ToString(), ["requestId"] = failure.RequestId },
        };
    }
    #endregion

    #region events
    internal static class GrokEvents
    {
        public static async IAsyncEnumerable<SseItem<string>> From(IAsyncEnumerable<ChatResponseUpdate> answer, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await using var updates = answer.GetAsyncEnumerator(cancellationToken);
            var (hasBegun, item) = (false, new SseItem<string>(""));
            while (item.EventType != "error")
            {
                try
                {
                    if (!await updates.MoveNextAsync())
                    {
                        yield break;
                    }

                    item = new(updates.Current.Text);
                }
                catch (GrokException failure) when (hasBegun)
                {
                    item = new(JsonSerializer.Serialize(GrokProblems.From(failure)), "error");
                }

                if (item.Data.Length > 0)
                {
                    hasBegun = true;
                    yield return item;
                }
            }
        }
    }
    #endregion

    private static WebApplication Build(WebApplicationBuilder builder)
    {
        #region together
        builder.AddGrokChatClient().AddConversations();
        builder.Services.AddExceptionHandler<GrokProblems>().AddProblemDetails();

        var app = builder.Build();
        app.UseExceptionHandler();
        app.MapPost("/chat/{id}", IResult (string id, [FromBody] string text, IChatClient grok, HttpResponse response, CancellationToken cancelled) =>
        {
            if (string.IsNullOrWhiteSpace(text))
            {
                return TypedResults.Problem("The message is empty.", statusCode: 400);
            }

            response.Headers["X-Accel-Buffering"] = "no";
            return TypedResults.ServerSentEvents(GrokEvents.From(grok.GetStreamingResponseAsync(text, new() { ConversationId = id }, cancelled), cancelled));
        });
        #endregion
        return app;
    }

    private static void Health(WebApplicationBuilder builder)
    {
        #region health
        builder.Services.AddHealthChecks()
            .AddGrok(tags: ["live"])                                              // the settings; sends nothing
            .AddGrok("grok-service", configure: static options => options.Ping = true, tags: ["ready"])
            .AddGrokConversations(tags: ["ready"]);                               // whether the store could save a turn now
        #endregion
    }

    private static void MapHealth(WebApplication app)
    {
        #region map health
        app.MapHealthChecks("/healthz/ready", new() { Predicate = static check => check.Tags.Contains("ready") });
        #endregion
    }

    private static void Telemetry(WebApplicationBuilder builder)
    {
        #region telemetry
        builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddSource("Microsoft.AspNetCore", GrokTelemetry.ActivitySourceName, "System.Net.Http"))
            .WithMetrics(metrics => metrics.AddMeter(GrokTelemetry.MeterName, GrokTelemetry.ConversationsMeterName));
        #endregion
    }

    private static void Changes(WebApplicationBuilder builder)
    {
        #region changes
        builder.AddGrokChatClient(options => options.Credential = _ => new(builder.Configuration["Secrets:GrokKey"]!)) // asked for each attempt
            .ConfigureOptions(options => options.ModelId ??= builder.Configuration["Chat:Model"]);                     // asked for each call
        #endregion
    }

    [Fact]
    public async Task Pieces_of_an_answer_are_events_and_the_proxy_is_told_not_to_buffer()
    {
        await using var emulator = await GrokEmulator.StartAsync(cancellationToken: Now);
        emulator.Script.Reply(r => r.Deltas("One,", " two.")).Reply("Three.");
        await using var app = await StartAsync(Build(Builder(emulator)));
        using var http = new HttpClient();
        using var answer = await AskAsync(http, app);
        Assert.Equal(("text/event-stream", "no"), (answer.Content.Headers.ContentType?.MediaType, answer.Headers.GetValues("X-Accel-Buffering").Single()));
        Assert.Equal(["message One,", "message  two."], await EventsAsync(answer));
        using var next = await AskAsync(http, app);
        Assert.Equal(["message Three."], await EventsAsync(next));
        Assert.NotNull(emulator.Requests[^1].PreviousResponseId);
    }

    [Theory]
    [InlineData("rate-limited; retry-after=90", 429, "RateLimit", "90")]
    [InlineData("rate-limited", 429, "RateLimit", null)]
    [InlineData("content-policy", 422, "ContentPolicy", null)]
    [InlineData("unavailable", 502, "Server", null)]
    [InlineData("no-credits", 503, "Quota", null)]
    [InlineData("access-denied", 502, "Permission", null)]
    public async Task Failure_before_the_first_piece_is_a_problem(string fault, int status, string kind, string? wait)
    {
        await using var emulator = await GrokEmulator.StartAsync(cancellationToken: Now);
        emulator.Faults.Enqueue(Fault.Parse(fault));
        await using var app = await StartAsync(Build(Builder(emulator)));
        using var http = new HttpClient { DefaultRequestHeaders = { { "Accept", "text/event-stream" } } };
        using var answer = await AskAsync(http, app);
        Assert.Equal((HttpStatusCode)status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(wait, answer.Headers.TryGetValues("Retry-After", out var values) ? values.Single() : null);
        var problem = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Now));
        Assert.Equal((kind, status, "The answer failed."), (problem.GetProperty("kind").GetString(), problem.GetProperty("status").GetInt32(), problem.GetProperty("title").GetString()));
        Assert.False(string.IsNullOrEmpty(problem.GetProperty("requestId").GetString()));
    }

    [Fact]
    public async Task Message_without_text_is_a_problem_of_the_caller()
    {
        await using var emulator = await GrokEmulator.StartAsync(cancellationToken: Now);
        await using var app = await StartAsync(Build(Builder(emulator)));
        using var http = new HttpClient();
        using var answer = await http.PostAsync(new Uri($"{app.Urls.Single()}/chat/ticket-4711"), new StringContent("\" \"", null, "application/json"), Now);
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Empty(emulator.Requests);
    }

    [Fact]
    public async Task Failure_after_the_first_piece_is_an_error_event()
    {
        await using var emulator = await GrokEmulator.StartAsync(cancellationToken: Now);
        emulator.Script.Reply(r => r.Deltas("One,", " two.").Fault(Fault.EndAfter(5)));
        await using var app = await StartAsync(Build(Builder(emulator)));
        using var http = new HttpClient();
        using var answer = await AskAsync(http, app);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var events = await EventsAsync(answer);
        Assert.Equal("message One,", events[0]);
        Assert.StartsWith("""error {"title":"The answer failed.","status":502,"kind":"StreamBroken","requestId":""", events[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_exceptions_are_left_to_other_handlers() =>
        Assert.False(await new GrokProblems().TryHandleAsync(new DefaultHttpContext(), new InvalidOperationException(), Now));

    [Fact]
    public async Task Readiness_needs_the_service_and_the_store()
    {
        await using var emulator = await GrokEmulator.StartAsync(cancellationToken: Now);
        var builder = Builder(emulator);
        Health(builder);
        await using var app = Build(builder);
        MapHealth(app);
        await StartAsync(app);
        using var http = new HttpClient();
        Assert.Equal("Healthy", await http.GetStringAsync($"{app.Urls.Single()}/healthz/ready", Now));
        Assert.Contains(emulator.Requests, static request => request.Path.EndsWith("/models", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Spans_of_a_request_are_exported_if_ASP_NET_Core_is_a_source(bool isSource)
    {
        await using var emulator = await GrokEmulator.StartAsync(cancellationToken: Now);
        var builder = Builder(emulator);
        if (isSource)
        {
            Telemetry(builder);
        }
        else
        {
            builder.Services.AddOpenTelemetry().WithTracing(static tracing => tracing.AddSource(GrokTelemetry.ActivitySourceName, "System.Net.Http"));
        }

        var spans = new SpanList();
        builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddInMemoryExporter(spans));
        await using (var app = await StartAsync(Build(builder)))
        {
            // This test's own client must not be a span of the application, or the parent of one.
            using var http = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
            using var answer = await AskAsync(http, app);
            await answer.Content.ReadAsStringAsync(Now);
            await app.StopAsync(Now);
        }

        // Requests of tests that run at the same time are exported too.
        var call = spans.SingleOrDefault(span => span.Source.Name == GrokTelemetry.ActivitySourceName && span.GetTagItem("server.port")?.ToString() == emulator.BaseAddress.Port.ToString());
        if (isSource)
        {
            var tree = Tree(spans, spans.Single(span => span.SpanId == call!.ParentSpanId), 0);
            Assert.Contains($"```\n{tree}```", File.ReadAllText(Repository.PathTo("docs/aspnet.md")).ReplaceLineEndings("\n"), StringComparison.Ordinal);
        }
        else
        {
            Assert.Null(call);
        }
    }

    [Fact]
    public async Task Key_and_model_change_while_the_application_runs_and_other_settings_do_not()
    {
        await using var emulator = await GrokEmulator.StartAsync(cancellationToken: Now);
        var builder = Builder(emulator);
        (builder.Configuration["Secrets:GrokKey"], builder.Configuration["Chat:Model"], builder.Configuration["Grok:Store"]) = ("key-number-1", "grok-4.6", "true");
        Changes(builder);
        await using var app = builder.Build();
        var client = app.Services.GetRequiredService<IChatClient>();
        await client.GetResponseAsync("One.", cancellationToken: Now);
        (builder.Configuration["Secrets:GrokKey"], builder.Configuration["Chat:Model"], builder.Configuration["Grok:Store"]) = ("key-number-2", "grok-4.3", "false");
        ((IConfigurationRoot)builder.Configuration).Reload();
        await client.GetResponseAsync("Two.", cancellationToken: Now);
        Assert.Equal(["grok-4.6", "grok-4.3"], emulator.Requests.Select(static request => request.Model));
        Assert.True(emulator.Requests[0].HasCredential("key-number-1"));
        Assert.True(emulator.Requests[1].HasCredential("key-number-2"));
        Assert.All(emulator.Requests, static request => Assert.True(request.Json!.Value.GetProperty("store").GetBoolean()));
    }

    private static WebApplicationBuilder Builder(GrokEmulator emulator) =>
        WebApplication.CreateBuilder(["--urls", "http://127.0.0.1:0", "--Grok:Endpoint", emulator.BaseAddress.AbsoluteUri, "--Grok:MaxRetries", "0", "--Grok:RecoveryTimeout", "00:00:00", "--Logging:LogLevel:Default", "Critical"]);

    private static async Task<WebApplication> StartAsync(WebApplication app)
    {
        await app.StartAsync(Now);
        return app;
    }

    private static async Task<HttpResponseMessage> AskAsync(HttpClient http, WebApplication app)
    {
        using var question = new StringContent("\"What is 101*3?\"", null, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{app.Urls.Single()}/chat/ticket-4711") { Content = question };
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Now);
    }

    private static async Task<List<string>> EventsAsync(HttpResponseMessage answer) =>
        await SseParser.Create(await answer.Content.ReadAsStreamAsync(Now)).EnumerateAsync(Now).Select(static item => $"{item.EventType} {item.Data}").ToListAsync(Now);

    /// <summary>A span and those below it, one a line. The emulator's part of the trace is left out.</summary>
    private static string Tree(SpanList spans, Activity span, int depth) =>
        $"{new string(' ', 2 * depth)}{span.DisplayName} [{span.Source.Name}]\n"
        + (span.Source.Name == "System.Net.Http" ? "" : string.Concat(spans.Where(child => child.ParentSpanId == span.SpanId).Select(child => Tree(spans, child, depth + 1))));

    /// <summary>The exported spans, added from several threads.</summary>
    private sealed class SpanList : System.Collections.ObjectModel.Collection<Activity>
    {
        private readonly Lock _lock = new();

        protected override void InsertItem(int index, Activity item)
        {
            lock (_lock)
            {
                base.InsertItem(Count, item);
            }
        }
    }
}
