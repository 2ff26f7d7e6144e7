using System.Net;
using System.Text;
using Connectors.Grok.Responses;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Transport.Http;

/// <summary>Credentials that a callback returns: when it is asked, what is renewed, and which headers are sent.</summary>
public class CredentialTests
{
    private const string Rejected = """{"error":{"code":"401","message":"Access denied due to invalid subscription key."}}""";
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);
    private readonly StubHandler _handler = new();
    private readonly ManualTime _time = new();
    private int _asked;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Credential_is_asked_for_each_attempt()
    {
        using var client = Client(o => (o.MaxRetries, o.RetryDelay) = (1, TimeSpan.Zero));
        _handler.Json("""{"error":"Busy."}""", 503).Json(Some.Answer(Some.Message("hi")));
        await client.Whole(_handler);
        Assert.Equal(["Bearer token-1", "Bearer token-2"], _handler.Requests.Select(static r => r.Headers["Authorization"]));
    }

    [Theory]
    [InlineData(true, 401)]
    [InlineData(false, 401)]
    [InlineData(true, 400)]
    public async Task Rejected_credential_is_renewed_once_without_being_a_retry(bool isStreamed, int status)
    {
        using var client = Client(static o => o.MaxRetries = 0);
        _handler.Json(status == 400 ? """{"error":"Incorrect API key provided."}""" : Rejected, status).Sse(Some.Created, Some.Completed(Some.Message("hi")));
        Assert.Equal("hi", (await client.Ask(isStreamed, [new(ChatRole.User, "q")])).Text);
        Assert.Equal(["Bearer token-1", "Bearer token-2"], _handler.Requests.Select(static r => r.Headers["Authorization"]));
        Assert.Equal(_handler.Requests[0].Body, _handler.Requests[1].Body);
        Assert.Equal(_handler.Requests[0].Headers["x-client-request-id"], _handler.Requests[1].Headers["x-client-request-id"]);
    }

    [Fact]
    public async Task Second_rejection_is_thrown()
    {
        using var client = Client(static o => (o.MaxRetries, o.RetryDelay) = (5, TimeSpan.Zero));
        _handler.Json(Rejected, 401).Json(Rejected, 401);
        var e = await Assert.ThrowsAsync<GrokException>(() => client.Whole(_handler));
        Assert.Equal((GrokErrorKind.Authentication, 401, 2, 2), (e.Kind, e.Status, _handler.Requests.Count, _asked));
    }

    [Fact]
    public async Task Unchanged_credential_is_not_sent_again()
    {
        using var client = Some.Client(_handler.Json(Rejected, 401), static o => (o.ApiKey, o.Credential) = (null, static _ => new("always-the-same")));
        Assert.Equal(401, (await Assert.ThrowsAsync<GrokException>(() => client.Whole(_handler))).Status);
        Assert.Single(_handler.Requests);
    }

    [Fact]
    public async Task Static_key_is_not_renewed()
    {
        using var client = Some.Client(_handler.Json(Rejected, 401));
        await Assert.ThrowsAsync<GrokException>(() => client.Whole(_handler));
        Assert.Single(_handler.Requests);
    }

    [Fact]
    public async Task RenewCredential_is_called_instead_of_Credential_after_a_rejection()
    {
        using var client = Client(static o => o.RenewCredential = static _ => new("renewed"));
        _handler.Json(Rejected, 401).Json("""{"data":[]}""").Json("""{"data":[]}""");
        await client.GetService<GrokResponsesClient>()!.ListModelsAsync(Now);
        await client.GetService<GrokResponsesClient>()!.ListModelsAsync(Now);
        Assert.Equal(["Bearer token-1", "Bearer renewed", "Bearer token-2"], _handler.Requests.Select(static r => r.Headers["Authorization"]));
    }

    [Fact]
    public async Task Hundred_rejected_calls_share_one_renewal()
    {
        var (asked, renewed) = (0, 0);
        using var barrier = new ExpiringTokens(calls: 100);
        using var http = new HttpClient(barrier) { Timeout = Timeout.InfiniteTimeSpan };
        using var client = new GrokResponsesClient(
            new GrokChatClientOptions
            {
                Endpoint = Some.Endpoint,
                Credential = async _ =>
                {
                    Interlocked.Increment(ref asked);
                    await Task.Yield();
                    return "old";
                },
                RenewCredential = async _ =>
                {
                    Interlocked.Increment(ref renewed);
                    await Task.Yield();
                    return "new";
                },
            },
            http);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => client.ListModelsAsync(Now))).WaitAsync(Guard, Now);
        Assert.Equal((100, 1, 200), (asked, renewed, barrier.Count));
    }

    [Fact]
    public async Task Renewal_survives_the_cancellation_of_the_call_that_began_it()
    {
        var renewal = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var barrier = new ExpiringTokens(calls: 2);
        using var http = new HttpClient(barrier) { Timeout = Timeout.InfiniteTimeSpan };
        using var client = new GrokResponsesClient(new GrokChatClientOptions { Endpoint = Some.Endpoint, Credential = static _ => new("old"), RenewCredential = _ => new(renewal.Task) }, http);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Now);
        var (first, second) = (client.ListModelsAsync(cancel.Token), client.ListModelsAsync(Now));
        await barrier.AllRejected.WaitAsync(Guard, Now);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        renewal.SetResult("new");
        Assert.Empty(await second.WaitAsync(Guard, Now));
    }

    [Fact]
    public async Task Failed_renewal_is_thrown_and_the_next_call_renews_again()
    {
        var failures = new Queue<Exception>([new InvalidOperationException("The vault is closed.")]);
        using var client = Client(o => o.RenewCredential = _ => failures.TryDequeue(out var e) ? throw e : new("renewed"));
        _handler.Json(Rejected, 401).Json(Rejected, 401).Json("""{"data":[]}""");
        var responses = client.GetService<GrokResponsesClient>()!;
        Assert.Equal("The vault is closed.", (await Assert.ThrowsAsync<InvalidOperationException>(() => responses.ListModelsAsync(Now))).Message);
        Assert.Empty(await responses.ListModelsAsync(Now));
    }

    [Fact]
    public async Task Every_route_sends_the_credential_and_the_extra_headers()
    {
        using var client = Client(static o =>
        {
            o.CredentialHeader = "api-key";
            o.Headers["OpenAI-Project"] = "ocid1.generativeaiproject.oc1";
        });
        var responses = client.GetService<GrokResponsesClient>()!;
        var files = client.GetService<GrokFileClient>()!;
        _handler.Json(Some.Answer(Some.Message("hi"))).Sse(Some.Created, Some.Completed(Some.Message("hi")));
        await client.Whole(_handler);
        await client.Streamed(_handler);
        await responses.GetAsync("r", Ignored(_handler.Json(Some.Answer(Some.Message("hi")))));
        await responses.DeleteAsync("r", Ignored(_handler.Json("""{"id":"r","deleted":true}""")));
        await responses.ListModelsAsync(Ignored(_handler.Json("""{"data":[]}""")));
        await responses.TokenizeAsync("grok-4.7", "text", Ignored(_handler.Json("""{"token_ids":[]}""")));
        await files.GetAsync("f", Ignored(_handler.Json("""{"id":"f","filename":"f.txt","bytes":1}""")));
        using var bytes = new MemoryStream([1]);
        await files.UploadAsync(bytes, "text/plain", "f.txt", null, Ignored(_handler.Json("""{"id":"f","filename":"f.txt","bytes":1}""")));
        Assert.Equal(8, _handler.Requests.Count);
        Assert.Equal(Enumerable.Range(1, 8).Select(static i => $"token-{i}"), _handler.Requests.Select(static r => r.Headers["api-key"]));
        Assert.All(_handler.Requests, static r => Assert.Equal("ocid1.generativeaiproject.oc1", r.Headers["OpenAI-Project"]));
        Assert.All(_handler.Requests, static r => Assert.DoesNotContain("Authorization", r.Headers.Keys));
    }

    [Theory]
    [InlineData("Authorization", null, "Bearer k-1")]
    [InlineData("authorization", null, "Bearer k-1")]
    [InlineData("Authorization", "", "k-1")]
    [InlineData("api-key", null, "k-1")]
    [InlineData("cf-aig-authorization", "Bearer", "Bearer k-1")]
    public async Task Key_is_sent_in_the_header_and_with_the_scheme_of_the_options(string header, string? scheme, string value)
    {
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Message("hi"))), o => (o.ApiKey, o.CredentialHeader, o.CredentialScheme) = ("k-1", header, scheme));
        await client.Whole(_handler);
        Assert.Equal(value, _handler.Requests[0].Headers.First(h => h.Key.Equals(header, StringComparison.OrdinalIgnoreCase)).Value);
    }

    [Fact]
    public async Task Handler_that_authenticates_gets_a_request_without_credential()
    {
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Message("hi"))), static o => (o.ApiKey, o.HandlerAuthenticates, o.Endpoint) = (null, true, new("https://signed.example/v1")));
        await client.Whole(_handler);
        Assert.DoesNotContain("Authorization", _handler.Requests[0].Headers.Keys);
    }

    [Theory]
    [InlineData(null, "returned no value")]
    [InlineData(" ", "returned no value")]
    [InlineData("token with spaces", "a space")]
    [InlineData("token\n", "a line break")]
    public async Task Unusable_credential_throws_before_anything_is_sent(string? value, string words)
    {
        using var client = Some.Client(_handler, o => (o.ApiKey, o.Credential) = (null, _ => new(value!)));
        var e = await Assert.ThrowsAsync<GrokException>(() => client.Whole(_handler));
        Assert.Equal(GrokErrorKind.Authentication, e.Kind);
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.Empty(_handler.Requests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Exception_of_the_callback_passes_through_unchanged(bool isSynchronous)
    {
        var thrown = new InvalidOperationException("No account is signed in.");
        using var client = Some.Client(_handler, o => (o.ApiKey, o.Credential) = (null, _ => isSynchronous ? throw thrown : new(Task.FromException<string>(thrown))));
        Assert.Same(thrown, await Assert.ThrowsAsync<InvalidOperationException>(() => client.Whole(_handler)));
        Assert.Same(thrown, await Assert.ThrowsAsync<InvalidOperationException>(() => client.Streamed(_handler)));
    }

    [Fact]
    public async Task Callback_that_does_not_return_in_time_is_a_timeout_that_names_its_setting()
    {
        var token = CancellationToken.None;
        using var client = Some.Client(_handler, o =>
        {
            (o.ApiKey, o.TimeProvider, o.CredentialTimeout) = (null, _time, TimeSpan.FromSeconds(5));
            o.Credential = ct =>
            {
                token = ct;
                return new(new TaskCompletionSource<string>().Task);
            };
        });
        var call = client.Whole(_handler);
        _time.Advance(TimeSpan.FromSeconds(5));
        var e = await Assert.ThrowsAsync<GrokException>(() => call.WaitAsync(Guard, Now));
        Assert.Equal(GrokErrorKind.Timeout, e.Kind);
        Assert.IsType<TimeoutException>(e.InnerException);
        Assert.Contains("CredentialTimeout", e.Message, StringComparison.Ordinal);
        Assert.True(token.IsCancellationRequested);
    }

    [Fact]
    public async Task TimeoutException_of_the_callback_passes_through()
    {
        using var client = Some.Client(_handler, static o =>
        {
            o.ApiKey = null;
            o.Credential = static async _ =>
            {
                await Task.Yield();
                throw new TimeoutException("The vault did not answer.");
            };
        });
        Assert.Equal("The vault did not answer.", (await Assert.ThrowsAsync<TimeoutException>(() => client.Whole(_handler))).Message);
    }

    [Fact]
    public async Task Upload_that_cannot_be_repeated_is_not_sent_again()
    {
        using var client = Client();
        using var once = new DripStream([1, 2, 3], 3);
        _handler.Json(Rejected, 401);
        await Assert.ThrowsAsync<GrokException>(() => client.GetService<GrokFileClient>()!.UploadAsync(once, "text/plain", "f.txt", null, Now));
        Assert.Single(_handler.Requests);
    }

    [Fact]
    public async Task Credentials_and_header_values_are_redacted_in_exceptions_and_logs()
    {
        var log = new ListLogger();
        using var client = Client(o =>
        {
            (o.LoggerFactory, o.LogSensitiveData) = (log, true);
            o.Headers["cf-aig-authorization"] = "Bearer gateway-secret";
        });
        _handler.Json("""{"error":"Rejected: token-1."}""", 401)
            .Json("""{"error":"Rejected: token-1 token-2 gateway-secret Bearer gateway-secret."}""", 401, ("x-request-id", "token-2"));
        var e = await Assert.ThrowsAsync<GrokException>(() => client.Whole(_handler));
        var all = string.Join('\n', [.. log.Lines, e.ToString(), e.Body, e.RequestId, e.ServiceMessage]);
        Assert.Contains("Rejected: *** *** *** ***.", e.ServiceMessage, StringComparison.Ordinal);
        Assert.All((string[])["token-1", "token-2", "gateway-secret"], secret => Assert.DoesNotContain(secret, all, StringComparison.Ordinal));
        Assert.Contains(log.Lines, static l => l.Contains("Renewing the credential", StringComparison.Ordinal));
    }

    private GrokChatClient Client(Action<GrokChatClientOptions>? configure = null) => Some.Client(_handler, o =>
    {
        (o.ApiKey, o.Credential) = (null, _ => new($"token-{Interlocked.Increment(ref _asked)}"));
        configure?.Invoke(o);
    });

    /// <summary>The token of the test, after a reply was added.</summary>
    private static CancellationToken Ignored(StubHandler handler)
    {
        _ = handler;
        return Now;
    }

    /// <summary>Rejects the token "old", all calls at the same time, and accepts any other one.</summary>
    private sealed class ExpiringTokens(int calls) : HttpMessageHandler
    {
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _count;

        public int Count => _count;

        public Task AllRejected => _all.Task;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref _count) == calls)
            {
                _all.SetResult();
            }

            await _all.Task.WaitAsync(cancellationToken);
            var isOld = request.Headers.Authorization?.Parameter == "old";
            return new(isOld ? HttpStatusCode.Unauthorized : HttpStatusCode.OK)
            {
                RequestMessage = request,
                Content = new StringContent(isOld ? Rejected : """{"data":[]}""", Encoding.UTF8, "application/json"),
            };
        }
    }
}
