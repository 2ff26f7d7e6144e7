using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Connectors.Grok;
using Microsoft.Extensions.AI;

namespace Chat;

/// <summary>Writes each complete answer as a JSON object on one line.</summary>
/// <param name="terminal">The output.</param>
internal sealed class JsonView(Terminal terminal) : IAnswerView
{
    // Does not escape letters outside ASCII; control characters are still escaped.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task ShowAsync(IAsyncEnumerable<ChatResponseUpdate> answer, CancellationToken cancellationToken)
    {
        await foreach (var _ in answer.WithCancellation(cancellationToken))
        {
            // The answer is written when it is complete.
        }
    }

    public void Finish(Answer answer)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            Write(json, answer);
        }

        // The encoder leaves characters that change the text direction; escaped, the document means the same.
        terminal.Out.WriteLine(TerminalText.Escape(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length)));
        terminal.Out.Flush();
    }

    private static void Write(Utf8JsonWriter json, Answer answer)
    {
        json.WriteStartObject();
        json.WriteString("text", answer.Text);
        json.WriteString("response_id", answer.ResponseId);
        json.WriteString("conversation_id", answer.StoredId);
        json.WriteString("rebuilt", answer.Rebuilt);
        json.WriteString("model", answer.Model);
        json.WriteString("finish_reason", answer.FinishReason);
        WriteUsage(json, answer.Usage);
        WriteNumber(json, "cost_usd", answer.CostInUsd);
        json.WriteNumber("bytes_sent", answer.BytesSent);
        json.WriteStartArray("reasoning");
        foreach (var reasoning in answer.Reasoning)
        {
            json.WriteStartObject();
            json.WriteString("id", reasoning.GetReasoningItemId());
            json.WriteString("text", reasoning.Text);
            json.WriteString("encrypted_content", reasoning.ProtectedData);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteUsage(Utf8JsonWriter json, UsageDetails? usage)
    {
        if (usage is null)
        {
            json.WriteNull("usage");
            return;
        }

        json.WriteStartObject("usage");
        WriteNumber(json, "input_tokens", usage.InputTokenCount);
        WriteNumber(json, "cached_input_tokens", usage.CachedInputTokenCount);
        WriteNumber(json, "output_tokens", usage.OutputTokenCount);
        WriteNumber(json, "reasoning_tokens", usage.ReasoningTokenCount);
        WriteNumber(json, "total_tokens", usage.TotalTokenCount);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, decimal? value)
    {
        if (value is { } number)
        {
            // Without the trailing zeros of the decimal.
            json.WritePropertyName(name);
            json.WriteRawValue(number.ToString("0.##########"));
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
