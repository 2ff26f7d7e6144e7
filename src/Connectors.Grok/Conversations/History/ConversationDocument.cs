using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Connectors.Grok.Foundation;

namespace Connectors.Grok.Conversations.History;

/// <summary>A conversation as a JSON document, version 2; version 1 is read too. Unknown members are ignored, so that later versions can add some.</summary>
internal sealed record ConversationDocument(string? Head, IReadOnlyList<ConversationTurn> Turns)
{
    private const string Format = "connectors-grok-conversation";
    private const int Version = 2;
    internal static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = FastMessageWriter.Nesting.MaxDepth };

    public static ReadOnlyMemory<byte> Write(ConversationInfo info, IReadOnlyList<ConversationTurn> turns, TurnReader reader)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(bytes, Compact);
        writer.WriteStartObject();
        writer.WriteString("format"u8, Format);
        writer.WriteNumber("version"u8, Version);
        writer.WriteString("conversation"u8, info.Id.Name);
        writer.WriteString("head"u8, info.Head);
        writer.WriteStartArray("turns"u8);
        foreach (var turn in turns)
        {
            var content = reader.Content(turn);
            // The key of the fingerprints belongs to the store.
            Write(writer, turn, content with { Header = content.Header with { Key = null } });
        }

        writer.WriteEndArray();
        writer.Flush();
        using (var sofar = JsonDocument.Parse(new ReadOnlySequence<byte>([.. bytes.WrittenSpan, (byte)'}']), FastMessageWriter.Nesting))
        {
            writer.WriteString("checksum"u8, DocumentChecksum.Compute(sofar.RootElement));
        }

        writer.WriteEndObject();
        writer.Flush();
        return bytes.WrittenMemory;
    }

    /// <exception cref="InvalidDataException">The document is not an exported conversation, is damaged, was edited or is of a newer version.</exception>
    public static async Task<ConversationDocument> ReadAsync(Stream source, ImportedTurns turns, CancellationToken cancellationToken)
    {
        try
        {
            using var json = await JsonDocument.ParseAsync(source, FastMessageWriter.Nesting, cancellationToken).ConfigureAwait(false);
            return Read(json.RootElement, turns);
        }
        catch (JsonException e)
        {
            throw Unreadable(e);
        }
    }

    /// <summary>Without the parser's own exception, which may quote a message.</summary>
    private static InvalidDataException Unreadable(JsonException e) => new($"The document is not JSON, or was cut off: {DocumentReader.WhereIs(e)}");

    private static void Write(Utf8JsonWriter writer, ConversationTurn turn, TurnContent content)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, turn.Id);
        writer.WriteString("parent"u8, turn.ParentId);
        WriteKind(writer, turn);
        writer.WriteString("response"u8, turn.ResponseId);
        writer.WriteStartArray("stored_responses"u8);
        foreach (var response in turn.StoredResponseIds)
        {
            writer.WriteStringValue(response);
        }

        writer.WriteEndArray();
        writer.WriteBoolean("stored"u8, turn.IsStored);
        writer.WriteBoolean("rebuilt"u8, turn.IsRebuilt);
        writer.WriteString("model"u8, turn.Model);
        writer.WriteString("created"u8, turn.CreatedAt);
        if (turn.ExpiresAt is { } expires)
        {
            writer.WriteString("expires"u8, expires);
        }

        // Keyed hashes mean something in their own store only; the header has them without a key.
        writer.WriteString("instructions_hash"u8, content.Header.InstructionsHash ?? turn.InstructionsHash);
        writer.WriteString("system_messages_hash"u8, content.Header.SystemMessagesHash);
        writer.WriteNumber("input_tokens"u8, turn.InputTokens);
        writer.WriteNumber("output_tokens"u8, turn.OutputTokens);
        writer.WriteNumber("cached_input_tokens"u8, turn.CachedInputTokens);
        if (turn.CacheSavingsInUsdTicks is { } savings)
        {
            writer.WriteNumber("cache_savings_in_usd_ticks"u8, savings);
        }

        writer.WriteNumber("context_tokens"u8, turn.ContextTokens);
        writer.WriteNumber("cost_in_usd_ticks"u8, turn.CostInUsdTicks);
        writer.WriteNumber("total_cost_in_usd_ticks"u8, turn.TotalCostInUsdTicks);
        writer.WritePropertyName("content"u8);
        content.WriteTo(writer);
        writer.WriteEndObject();
    }

    private static void WriteKind(Utf8JsonWriter writer, ConversationTurn turn)
    {
        if (turn.Kind != ConversationTurnKind.Answer)
        {
            writer.WriteString("kind"u8, turn.Kind.ToString());
        }

        if (turn.Failure is { } failure)
        {
            writer.WriteString("failure"u8, failure.ToString());
        }
    }

    private static ConversationDocument Read(JsonElement json, ImportedTurns imported)
    {
        var root = new DocumentReader(json, "the document");
        if (root.OptionalText("format") != Format)
        {
            throw new InvalidDataException($"The document is not an exported conversation: its \"format\" is not \"{Format}\".");
        }

        if (root.Number("version") is var version && version is < 1 or > Version)
        {
            throw new InvalidDataException($"The document is of version {version}; this library reads versions up to {Version}.");
        }

        var checksum = root.OptionalText("checksum");
        if (checksum is not null && !DocumentChecksum.Matches(checksum, json))
        {
            throw new InvalidDataException("The document was edited or damaged: its checksum is wrong. To import an edited conversation, remove the checksum.");
        }

        var contents = new Dictionary<string, TurnContent>(StringComparer.Ordinal);
        var turns = root.List("turns").Select((t, i) => ReadTurn(new DocumentReader(t, $"turns[{i}]"), checksum is not null && imported.TrustsSource, contents)).ToList();
        return Renamed(root.OptionalText("head"), turns, (turn, oldId) => imported.Complete(turn, contents[oldId], isEdited: checksum is null));
    }

    private static ConversationTurn ReadTurn(DocumentReader from, bool hasResponses, Dictionary<string, TurnContent> contents)
    {
        var id = from.Text("id");
        contents[id] = TurnContent.Parse(id, from.Object("content"));
        return new ConversationTurn
        {
            Id = id,
            ParentId = from.OptionalText("parent"),
            Depth = 0,
            Kind = from.OptionalText("kind") is not { } kind ? ConversationTurnKind.Answer
                : DocumentReader.TryParse<ConversationTurnKind>(kind, out var known) ? known : throw new InvalidDataException($"\"kind\" of {from.Place} must be Answer, Unanswered or Compaction."),
            Failure = from.OptionalText("failure") is not { } failure ? null
                : DocumentReader.TryParse<GrokErrorKind>(failure, out var error) ? error : throw new InvalidDataException($"\"failure\" of {from.Place} must be a kind of error."),
            ResponseId = hasResponses ? from.OptionalText("response") : null,
            StoredResponseIds = hasResponses ? [.. from.List("stored_responses").Select((r, i) => new DocumentReader(r, $"{from.Place}.stored_responses[{i}]").AsText())] : [],
            IsStored = from.Flag("stored") && hasResponses,
            IsRebuilt = from.Flag("rebuilt"),
            Model = from.OptionalText("model"),
            CreatedAt = from.Time("created"),
            ExpiresAt = from.OptionalTime("expires") is { } expires && hasResponses ? expires : null,
            InputTokens = from.Number("input_tokens"),
            OutputTokens = from.Number("output_tokens"),
            CachedInputTokens = from.OptionalNumber("cached_input_tokens") ?? 0,
            CacheSavingsInUsdTicks = from.OptionalNumber("cache_savings_in_usd_ticks"),
            ContextTokens = from.OptionalNumber("context_tokens") ?? 0,
            CostInUsdTicks = from.Number("cost_in_usd_ticks"),
            TotalCostInUsdTicks = from.Number("total_cost_in_usd_ticks"),
            InstructionsHash = from.OptionalText("instructions_hash"),
            SystemMessagesHash = from.OptionalText("system_messages_hash"),
        };
    }

    /// <summary>The turns under new ids, so that a conversation can be imported beside itself; parents before their children.</summary>
    private static ConversationDocument Renamed(string? head, List<ConversationTurn> turns, Func<ConversationTurn, string, ConversationTurn> complete)
    {
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var turn in turns)
        {
            if (!ids.TryAdd(turn.Id, Guid.NewGuid().ToString("N")))
            {
                throw new InvalidDataException($"Two turns have the id '{PrintableText.Escape(turn.Id)}'.");
            }
        }

        foreach (var missing in turns.Select(static t => t.ParentId).Append(head))
        {
            if (missing is not null && !ids.ContainsKey(missing))
            {
                throw new InvalidDataException($"There is no turn '{PrintableText.Escape(missing)}', which is named as a parent or as the head.");
            }
        }

        if (turns.Find(t => t.Id == head) is { Kind: ConversationTurnKind.Unanswered })
        {
            throw new InvalidDataException("The head is a turn of the kind Unanswered, which is never a head.");
        }

        var children = turns.ToLookup(static t => t.ParentId, StringComparer.Ordinal);
        var sorted = new List<ConversationTurn>();
        var level = children[null].ToList();
        for (var depth = 0; level.Count > 0; depth++)
        {
            sorted.AddRange(level.Select(t => complete(t with { Id = ids[t.Id], ParentId = t.ParentId is null ? null : ids[t.ParentId], Depth = depth }, t.Id)));
            level = [.. level.SelectMany(t => children[t.Id])];
        }

        return sorted.Count == turns.Count
            ? new ConversationDocument(head is null ? null : ids[head], sorted)
            : throw new InvalidDataException("Some turns are their own ancestors.");
    }
}
