using System.Text.Json;
using System.Text.Json.Serialization;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>
/// Reads members of JSON objects as the serializer does. Each method reads the member at the current name if it has the given name; false for any other name. A value of
/// another type throws.
/// </summary>
internal static class MemberReader
{
    /// <summary>Moves to the name of the next member; false at the end of the object.</summary>
    public static bool NextMember(ref this Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    public static bool IsText(ref this Utf8JsonReader reader, ReadOnlySpan<byte> name, ref string? value)
    {
        if (!Is(ref reader, name))
        {
            return false;
        }

        value = reader.GetString();
        return true;
    }

    public static bool IsLong(ref this Utf8JsonReader reader, ReadOnlySpan<byte> name, ref long? value)
    {
        if (!Is(ref reader, name))
        {
            return false;
        }

        value = LenientLongConverter.Read(ref reader);
        return true;
    }

    public static bool IsBool(ref this Utf8JsonReader reader, ReadOnlySpan<byte> name, ref bool? value)
    {
        if (!Is(ref reader, name))
        {
            return false;
        }

        value = reader.TokenType == JsonTokenType.Null ? null : reader.GetBoolean();
        return true;
    }

    public static bool IsInt(ref this Utf8JsonReader reader, ReadOnlySpan<byte> name, ref int value)
    {
        if (!Is(ref reader, name))
        {
            return false;
        }

        value = reader.GetInt32();
        return true;
    }

    /// <summary>Reads a record.</summary>
    public static bool IsFast<T>(ref this Utf8JsonReader reader, ReadOnlySpan<byte> name, FastConverter<T> converter, ref T? value)
        where T : WireObject
    {
        if (!Is(ref reader, name))
        {
            return false;
        }

        value = reader.TokenType == JsonTokenType.Null ? null : converter.Read(ref reader);
        return true;
    }

    /// <summary>Reads a case of a union.</summary>
    public static bool IsCase<T>(ref this Utf8JsonReader reader, ReadOnlySpan<byte> name, TaggedConverter<T> converter, ref T? value)
        where T : TaggedObject
    {
        if (!Is(ref reader, name))
        {
            return false;
        }

        value = reader.TokenType == JsonTokenType.Null ? null : converter.Read(ref reader, options: null);
        return true;
    }

    /// <summary>Reads a list of cases of a union.</summary>
    public static bool IsList<T>(ref this Utf8JsonReader reader, ReadOnlySpan<byte> name, TaggedConverter<T> one, ref IReadOnlyList<T>? value)
        where T : TaggedObject
    {
        if (!Is(ref reader, name))
        {
            return false;
        }

        value = reader.TokenType == JsonTokenType.Null ? null : ListConverter<T>.Read(ref reader, one, options: null);
        return true;
    }

    /// <summary>Reads the parts of a message.</summary>
    public static bool IsContent(ref this Utf8JsonReader reader, ReadOnlySpan<byte> name, ref IReadOnlyList<ResponsePart>? value)
    {
        if (!Is(ref reader, name))
        {
            return false;
        }

        value = reader.TokenType == JsonTokenType.Null ? null : ContentListConverter.Read(ref reader, options: null);
        return true;
    }

    /// <summary>Reads any other value with the serializer's converter of its type.</summary>
    public static bool IsValue<T>(ref this Utf8JsonReader reader, ReadOnlySpan<byte> name, ref T? value)
        where T : class
    {
        if (!Is(ref reader, name))
        {
            return false;
        }

        value = reader.TokenType == JsonTokenType.Null ? null : ReadValue<T>(ref reader, WireJson.Context.Options);
        return true;
    }

    /// <summary>Passes over a member that the serializer ignores, because a property of that name is not part of the JSON.</summary>
    public static bool IsIgnored(ref this Utf8JsonReader reader, ReadOnlySpan<byte> name) => Is(ref reader, name) && reader.TrySkip();

    /// <summary>Adds a member that the record does not name.</summary>
    public static bool IsOther(ref this Utf8JsonReader reader, ref Dictionary<string, JsonElement>? members)
    {
        if (reader.IsIgnored("additional_members"u8))
        {
            return true;
        }

        var name = reader.GetString()!;
        reader.Read();
        (members ??= [])[name] = JsonElement.ParseValue(ref reader);
        return true;
    }

    private static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) => reader.ValueTextEquals(name) && reader.Read();

    private static T? ReadValue<T>(ref Utf8JsonReader reader, JsonSerializerOptions options)
        where T : class => ((JsonConverter<T>)options.GetTypeInfo<T>().Converter).Read(ref reader, typeof(T), options);
}
