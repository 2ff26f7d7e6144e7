using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>Reads the text of an answer.</summary>
internal sealed class FastOutputTextConverter(Func<JsonTypeInfo<OutputTextPart>> exact) : FastConverter<OutputTextPart>(exact)
{
    protected override OutputTextPart ReadMembers(ref Utf8JsonReader reader)
    {
        string? type = null, text = null;
        IReadOnlyList<ResponseAnnotation>? annotations = null;
        Dictionary<string, JsonElement>? members = null;
        while (reader.NextMember())
        {
            _ = reader.IsText("type"u8, ref type)
                || reader.IsText("text"u8, ref text)
                || reader.IsList("annotations"u8, Unions.Annotations, ref annotations)
                || reader.IsOther(ref members);
        }

        return new() { Text = text, Annotations = annotations, Members = members };
    }
}
