using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Connectors.Grok.Foundation;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Transport.Http;

/// <summary>Converts an error of the service, in any of its shapes, into a <see cref="GrokException"/>.</summary>
internal static class ErrorReader
{
    // xAI's and OpenAI's, Azure's, Amazon's, Oracle's, and those of gateways.
    private static readonly string[] RequestIdHeaders =
        ["x-request-id", "apim-request-id", "x-ms-request-id", "x-amzn-requestid", "opc-request-id", "x-litellm-call-id", "cf-aig-log-id"];

    private const int MostBytes = 16 * 1024;
    private const int MostWords = 1000;

    /// <summary>The timeout for reading the body of an error; its status is sufficient.</summary>
    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(10);

    /// <summary>Creates the exception for an answer with an error status. Reads at most 16 kB of its body.</summary>
    public static Task<GrokException> ReadAsync(HttpResponseMessage response, GrokSettings settings, CancellationToken cancellationToken) => ReadAsync(response, settings, null, cancellationToken);

    /// <inheritdoc cref="ReadAsync(HttpResponseMessage, GrokSettings, CancellationToken)"/>
    /// <param name="response">The answer.</param>
    /// <param name="settings">The client's settings.</param>
    /// <param name="stored">The stored response that the request names; null for none.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<GrokException> ReadAsync(HttpResponseMessage response, GrokSettings settings, StoredReference? stored, CancellationToken cancellationToken)
    {
        var body = await ReadBodyAsync(response, settings.TimeProvider, cancellationToken).ConfigureAwait(false);
        var isPage = AnswerReader.Is(response.Content, "text/html") || body.TrimStart().StartsWith('<');
        var said = isPage ? new ErrorBody(null, PageWords(response))
            : (int)response.StatusCode is >= 300 and < 400 && response.Headers.Location is { } other ? new ErrorBody(null, $"The endpoint redirects to {other.OriginalString}. The client does not follow redirects, so that the key is not sent elsewhere; set that address as the endpoint if you trust it.")
            : ErrorBody.Parse(body);
        var (error, rest) = (WithoutKey(said, settings), WithoutKey(body, settings));
        var requestId = RequestId(response.Headers, settings);
        var status = (int)response.StatusCode;
        var state = isPage ? null : StateErrors.Find(status, error, stored, isJson: body.TrimStart() is ['{' or '[' or '"', ..]);
        var kind = state?.Kind ?? ErrorKinds.FromError(status, error);
        return new GrokException(kind, Sentence(status, error, requestId))
        {
            Status = status,
            Code = error.Code,
            Parameter = error.Parameter,
            RefusesState = state?.RefusesState == true,
            ServiceMessage = isPage ? null : Words(error),
            RequestId = requestId,
            RetryAfter = RetryDelays.Asked(response.Headers, error, settings.TimeProvider),
            // Redaction does not find a key written with JSON escapes in the raw body: the body is dropped then.
            Body = error != said && rest == body ? null : rest,
            IsTransient = GrokException.IsTransientByDefault(kind, status) && !ForbidsRetry(response.Headers),
            AllowsRetry = !ForbidsRetry(response.Headers),
        };
    }

    /// <summary>Creates the exception for an error inside an answer with a successful status: a frame of a stream, or a failed response.</summary>
    /// <param name="error">The error.</param>
    /// <param name="headers">The answer's headers.</param>
    /// <param name="settings">The client's settings.</param>
    /// <param name="isFrame">Whether the error is an event of its own, which may precede the work of the model.</param>
    /// <param name="stored">The stored response that the request names; null for none.</param>
    public static GrokException FromAnswer(ErrorBody error, ResponseHeaders headers, GrokSettings settings, bool isFrame = false, StoredReference? stored = null)
    {
        error = WithoutKey(error, settings);
        var state = StateErrors.Find(error.Status, error, stored, isJson: true);
        var kind = state?.Kind ?? ErrorKinds.FromError(error.Status, error);
        return new GrokException(kind, Sentence(error.Status, error, headers.RequestId))
        {
            Status = error.Status,
            Code = error.Code,
            Parameter = error.Parameter,
            RefusesState = state?.RefusesState == true,
            ServiceMessage = Words(error),
            RequestId = headers.RequestId,
            RetryAfter = error.RetryDelay,
            AllowsRetry = isFrame,
        };
    }

    /// <summary>Creates the exception for plain words in an answer with a successful status. Whether the request was answered is unknown.</summary>
    public static GrokException FromWords(string words, ResponseHeaders headers, GrokSettings settings)
    {
        var error = WithoutKey(ErrorBody.Parse(words), settings);
        var kind = ErrorKinds.FromError(null, error);
        return new GrokException(kind, Sentence(null, error, headers.RequestId))
        {
            Code = error.Code,
            ServiceMessage = Words(error),
            RequestId = headers.RequestId,
            IsTransient = kind != GrokErrorKind.Server && GrokException.IsTransientByDefault(kind, null),
        };
    }

    /// <summary>Creates the exception for a successful status with a body that is not of the API.</summary>
    public static GrokException NotTheApi(HttpResponseMessage response, GrokSettings settings, Exception? cause = null) =>
        new(GrokErrorKind.Server, cause is JsonException { Path: { } path } ? JsonWords(response, path) : PageWords(response), cause)
        {
            Status = (int)response.StatusCode,
            RequestId = RequestId(response.Headers, settings),
            IsTransient = false,
        };

    public static string? RequestId(HttpResponseHeaders headers, GrokSettings settings)
    {
        foreach (var name in RequestIdHeaders)
        {
            if (AnswerReader.Text(headers, name) is { } id)
            {
                return WithoutKey(id, settings);
            }
        }

        return null;
    }

    private static string PageWords(HttpResponseMessage response)
    {
        var type = response.Content.Headers.ContentType?.MediaType ?? "no content type";
        var host = response.RequestMessage?.RequestUri?.GetLeftPart(UriPartial.Authority);
        return $"The answer is not the API's ({type}). Does {host ?? "the endpoint"} really speak xAI's API?";
    }

    private static string JsonWords(HttpResponseMessage response, string path) =>
        $"The answer cannot be read as the API's (at {path}): it was cut off, is nested more than 64 deep, or {response.RequestMessage?.RequestUri?.GetLeftPart(UriPartial.Authority)} does not speak xAI's API.";

    /// <summary>Redacts the key, the credentials that were sent and the values of extra headers, so that an echoed one does not get into a log.</summary>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    public static string? WithoutKey(string? text, GrokSettings settings) => settings.Credentials.Secrets.Redact(text);

    /// <summary>The cause of a failure; null when it repeats a secret.</summary>
    public static Exception? WithoutKey(Exception cause, GrokSettings settings)
    {
        var text = cause.ToString();
        return WithoutKey(text, settings) == text ? cause : null;
    }

    private static ErrorBody WithoutKey(ErrorBody error, GrokSettings settings) =>
        error with { Code = WithoutKey(error.Code, settings), Message = WithoutKey(error.Message, settings), Parameter = WithoutKey(error.Parameter, settings) };

    private static string Sentence(int? status, ErrorBody error, string? requestId)
    {
        var words = Words(error) ?? "The service gave no reason.";
        var where = (status, error.Code) switch
        {
            ({ } s, { } c) => $" (HTTP {s}, {c})",
            ({ } s, null) => $" (HTTP {s})",
            (null, { } c) => $" ({c})",
            _ => "",
        };
        return requestId is null ? words + where : $"{words}{where} [request {PrintableText.Escape(requestId)}]";
    }

    private static string? Words(ErrorBody error) =>
        error.Message is not { Length: > 0 } words ? null : words.Length > MostWords ? words[..MostWords] + "…" : words;

    // The service can forbid a retry, but not force one.
    private static bool ForbidsRetry(HttpResponseHeaders headers) =>
        headers.TryGetValues("x-should-retry", out var values)
        && values.Any(static v => v.Equals("false", StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads the beginning of the body, as far as it arrives.</summary>
    private static async Task<string> ReadBodyAsync(HttpResponseMessage response, TimeProvider time, CancellationToken cancellationToken)
    {
        using var enough = new CancellationTokenSource(LongestRead, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, enough.Token);
        var buffer = new byte[MostBytes];
        var length = 0;
        try
        {
            var stream = await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                while (length < MostBytes && await stream.ReadAsync(buffer.AsMemory(length), either.Token).ConfigureAwait(false) is var read and > 0)
                {
                    length += read;
                }
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or InvalidDataException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The status and the received part are sufficient. A handler may answer a cancellation with any exception.
            cancellationToken.ThrowIfCancellationRequested();
        }

        return Encoding.UTF8.GetString(buffer, 0, length).TrimStart('\uFEFF');
    }
}
