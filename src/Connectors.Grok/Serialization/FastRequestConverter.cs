using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>Writes requests: the members in the order of the record, without those that are null.</summary>
internal sealed class FastRequestConverter(Func<JsonTypeInfo<CreateResponseRequest>> exact) : FastConverter<CreateResponseRequest>(exact)
{
    protected override bool TryWrite(Utf8JsonWriter writer, CreateResponseRequest value)
    {
        writer.WriteStartObject();
        Write(writer, "model"u8, value.Model);
        Write(writer, "previous_response_id"u8, value.PreviousResponseId);
        Write(writer, "instructions"u8, value.Instructions);
        WriteInput(writer, value.Input);
        Write(writer, "store"u8, value.Store);
        Write(writer, "stream"u8, value.Stream);
        Write(writer, "stream_tool_calls"u8, value.StreamToolCalls);
        Write(writer, "include"u8, value.Include);
        Write(writer, "max_output_tokens"u8, value.MaxOutputTokens);
        Write(writer, "max_turns"u8, value.MaxTurns);
        Write(writer, "tools"u8, value.Tools);
        Write(writer, "tool_choice"u8, value.ToolChoice);
        Write(writer, "parallel_tool_calls"u8, value.ParallelToolCalls);
        Write(writer, "text"u8, value.Text);
        Write(writer, "reasoning"u8, value.Reasoning);
        Write(writer, "temperature"u8, value.Temperature);
        Write(writer, "top_p"u8, value.TopP);
        Write(writer, "top_k"u8, value.TopK);
        Write(writer, "seed"u8, value.Seed);
        Write(writer, "user"u8, value.User);
        Write(writer, "prompt_cache_key"u8, value.PromptCacheKey);
        Write(writer, "service_tier"u8, value.ServiceTier);
        Write(writer, "min_p"u8, value.MinP);
        Write(writer, "safety_identifier"u8, value.SafetyIdentifier);
        Write(writer, "guidelines"u8, value.Guidelines);
        writer.WriteEndObject();
        return true;
    }

    private static void WriteInput(Utf8JsonWriter writer, IReadOnlyList<ResponseItem>? items)
    {
        if (items is not null)
        {
            writer.WritePropertyName("input"u8);
            ListConverter<ResponseItem>.Write(writer, items, Unions.Items, options: null);
        }
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, bool? value)
    {
        if (value is { } flag)
        {
            writer.WriteBoolean(name, flag);
        }
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }

    private static void Write<T>(Utf8JsonWriter writer, ReadOnlySpan<byte> name, T? value)
        where T : class
    {
        if (value is not null)
        {
            writer.WritePropertyName(name);
            JsonSerializer.Serialize(writer, value, WireJson.Context.Options.GetTypeInfo<T>());
        }
    }
}
