using System.Net;
using System.Text;
using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>A conversation whose token expires between two turns and in the middle of a function loop.</summary>
public class ExpiringTokenTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Token_that_expires_between_turns_and_in_a_function_loop_is_renewed(bool isStreamed)
    {
        await using var emulator = new GrokEmulator();
        using var tokens = new Tokens(emulator.CreateHandler());
        using var http = new HttpClient(tokens) { Timeout = Timeout.InfiniteTimeSpan };
        using var grok = new GrokChatClient(
            new GrokChatClientOptions { Endpoint = new("http://localhost/v1"), Credential = tokens.GetAsync, RenewCredential = tokens.RenewAsync, MaxRetries = 0 }, http);
        using var client = new FunctionLoop(grok.AsConversationClient(new InMemoryConversationStore()));
        var options = new ChatOptions { ConversationId = "ticket", Tools = [AIFunctionFactory.Create(static () => 7, "count")] };

        await client.Ask(isStreamed, [new(ChatRole.User, "My name is Ada.")], options);
        tokens.Expire();
        await client.Ask(isStreamed, [new(ChatRole.User, "hello")], options);
        emulator.Script.Reply(static r => r.Call("count", "{}"));
        tokens.ExpireAfterNext();
        await client.Ask(isStreamed, [new(ChatRole.User, "Count.")], options);

        Assert.Equal(2, tokens.Renewals);
        // Nothing but the rejected requests was repeated: four answers, one of them the call.
        Assert.Equal(4, emulator.Requests.Count);
        Assert.Equal([false, true, true, true], emulator.Requests.Select(static r => r.Body.Contains("previous_response_id", StringComparison.Ordinal)));
    }

    private sealed class Tokens(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private int _valid = 1;
        private int _held = 1;
        private bool _expiresAfterNext;

        public int Renewals { get; private set; }

        public void Expire() => _valid++;

        public void ExpireAfterNext() => _expiresAfterNext = true;

        public ValueTask<string> GetAsync(CancellationToken cancellationToken) => new($"token-{_held}");

        public ValueTask<string> RenewAsync(CancellationToken cancellationToken)
        {
            Renewals++;
            _held = _valid;
            return GetAsync(cancellationToken);
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Headers.Authorization?.Parameter != $"token-{_valid}")
            {
                return new(HttpStatusCode.Unauthorized)
                {
                    RequestMessage = request,
                    Content = new StringContent("""{"error":{"code":"401","message":"The token has expired."}}""", Encoding.UTF8, "application/json"),
                };
            }

            var response = await base.SendAsync(request, cancellationToken);
            (_valid, _expiresAfterNext) = (_expiresAfterNext ? _valid + 1 : _valid, false);
            return response;
        }
    }
}
