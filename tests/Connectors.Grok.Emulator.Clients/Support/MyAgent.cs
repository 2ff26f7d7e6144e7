using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI.Responses;

namespace Connectors.Grok.Emulator.Clients.Support;

/// <summary>An agent as somebody might have written it over a chat client of their choice: it retries, and it keeps what was said.</summary>
internal sealed class MyAgent(Uri endpoint)
{
    private const int Tries = 3;

    private readonly ResponsesClient _client = new(
        new ApiKeyCredential("any"),
        new ResponsesClientOptions { Endpoint = endpoint, RetryPolicy = new ClientRetryPolicy(2) });

    private readonly List<ResponseItem> _said = [];
    private string? _last;

    public async Task<string> AskAsync(string question)
    {
        _said.Add(ResponseItem.CreateUserMessageItem(question));
        for (var left = Tries; ; left--)
        {
            try
            {
                var answer = await StreamAsync();
                _said.Add(ResponseItem.CreateAssistantMessageItem(answer));
                return answer;
            }
            catch (ClientResultException forgotten) when (forgotten.Status == 404 && _last is not null)
            {
                _last = null;
            }
            catch (Exception broken) when (broken is IOException or HttpRequestException or InvalidDataException && left > 1)
            {
                // The stream was cut: the same question again.
            }
        }
    }

    private async Task<string> StreamAsync()
    {
        IEnumerable<ResponseItem> input = _last is null ? _said : [_said[^1]];
        var options = new CreateResponseOptions("grok-4.6", input) { PreviousResponseId = _last, StreamingEnabled = true };
        await foreach (var update in await _client.CreateResponseStreamingAsync(options))
        {
            if (update is not StreamingResponseCompletedUpdate completed)
            {
                continue;
            }

            _last = completed.Response.Id;
            return completed.Response.GetOutputText();
        }

        throw new InvalidDataException("The stream ended too early.");
    }
}
