using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI.Responses;

namespace Connectors.Grok.Emulator.Clients.Support;

/// <summary>An example of an agent that is built on another chat client. It retries, and it keeps the history.</summary>
internal sealed class MyAgent(Uri endpoint)
{
    private const int MaxTries = 3;

    private readonly ResponsesClient _client = new(
        new ApiKeyCredential("any"),
        new ResponsesClientOptions { Endpoint = endpoint, RetryPolicy = new ClientRetryPolicy(2) });

    private readonly List<ResponseItem> _history = [];
    private string? _last;

    public async Task<string> AskAsync(string question)
    {
        _history.Add(ResponseItem.CreateUserMessageItem(question));
        for (var left = MaxTries; ; left--)
        {
            try
            {
                var answer = await StreamAsync();
                _history.Add(ResponseItem.CreateAssistantMessageItem(answer));
                return answer;
            }
            catch (ClientResultException notFound) when (notFound.Status == 404 && _last is not null)
            {
                _last = null;
            }
            catch (Exception broken) when (broken is IOException or HttpRequestException or InvalidDataException && left > 1)
            {
                // The connection was aborted: retry the question.
            }
        }
    }

    private async Task<string> StreamAsync()
    {
        IEnumerable<ResponseItem> input = _last is null ? _history : [_history[^1]];
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
