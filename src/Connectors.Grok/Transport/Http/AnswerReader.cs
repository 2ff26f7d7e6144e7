using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Connectors.Grok.Foundation;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Transport.Http;

/// <summary>Reads a successful HTTP answer: its headers and its JSON, and validates the response in it.</summary>
internal static class AnswerReader
{
    public static async Task<T> ReadJsonAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, GrokSettings settings, CancellationToken cancellationToken)
        where T : class
    {
        if (Is(response.Content, "text/html"))
        {
            throw ErrorReader.NotTheApi(response, settings);
        }

        try
        {
            using var body = await PooledBody.ReadAsync(response.Content, cancellationToken).ConfigureAwait(false);
            try
            {
                return JsonSerializer.Deserialize(Utf8Repair.Repair(body.Bytes), type) ?? throw ErrorReader.NotTheApi(response, settings);
            }
            catch (JsonException e)
            {
                throw BareBody.Words(body.Bytes) is { } words ? ErrorReader.FromWords(words, Headers(response, settings), settings) : ErrorReader.NotTheApi(response, settings, e);
            }
        }
        // A handler may answer a cancellation with any exception.
        catch (Exception e) when (e is not GrokException && cancellationToken.IsCancellationRequested)
        {
            throw e as OperationCanceledException ?? new OperationCanceledException(e.Message, e, cancellationToken);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or InvalidDataException)
        {
            var words = e is InvalidDataException ? $"The answer cannot be read: {e.Message}" : "The connection broke in the middle of the answer.";
            throw new GrokException(GrokErrorKind.StreamBroken, words, e);
        }
    }

    /// <summary>Whether a body has this media type; case does not matter.</summary>
    public static bool Is(HttpContent content, string mediaType) => string.Equals(content.Headers.ContentType?.MediaType, mediaType, StringComparison.OrdinalIgnoreCase);

    public static ResponseHeaders Headers(HttpResponseMessage response, GrokSettings settings)
    {
        return new ResponseHeaders(ErrorReader.RequestId(response.Headers, settings), string.Equals(Text(response.Headers, "x-zero-data-retention"), "true", StringComparison.OrdinalIgnoreCase))
        {
            LimitRequests = Number("x-ratelimit-limit-requests"),
            RemainingRequests = Number("x-ratelimit-remaining-requests"),
            LimitTokens = Number("x-ratelimit-limit-tokens"),
            RemainingTokens = Number("x-ratelimit-remaining-tokens"),
            CostInUsd = decimal.TryParse(Text(response.Headers, "x-litellm-response-cost"), NumberStyles.Float, CultureInfo.InvariantCulture, out var cost) ? cost : null,
        };

        long? Number(string name) => long.TryParse(Text(response.Headers, name), out var number) ? number : null;
    }

    public static string? Text(HttpResponseHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    /// <summary>Validates a response that was not streamed. A failed one throws, whatever the HTTP status.</summary>
    /// <exception cref="GrokException">The response failed, is not finished, or is not a response of the API.</exception>
    public static GrokResponse Finished(GrokResponse response, ResponseHeaders headers, GrokSettings settings, StoredReference? stored = null)
    {
        if (ErrorBody.FromResponse(response) is { } failure)
        {
            throw ErrorReader.FromAnswer(failure, headers, settings, stored: stored);
        }

        return response switch
        {
            // An answer of another API has an id as well: it must not be taken for an empty response.
            { Output: null } => throw new GrokException(
                GrokErrorKind.Server, $"The answer is JSON, but not a response of the API. Does {settings.Endpoint.GetLeftPart(UriPartial.Authority)} really speak xAI's Responses API?")
            { IsTransient = false },
            { Status: "in_progress" or "queued" } => throw new GrokException(GrokErrorKind.Server, $"The service answered with a response that is not finished ({response.Status}).") { IsTransient = false },
            _ => response with { Headers = headers },
        };
    }
}
