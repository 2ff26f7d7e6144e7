using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Connectors.Grok.Faults.Tests.Fuzz;

/// <summary>A JSON tree that can be invalid: members may repeat, names and values are any text.</summary>
internal sealed class Tree
{
    /// <summary>The raw text of a value; null for an object or a list.</summary>
    public string? Raw { get; set; }

    public List<(string Name, Tree Value)>? Members { get; private set; }

    public List<Tree>? Items { get; private set; }

    public static Tree? Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Of(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static Tree OfRaw(string raw) => new() { Raw = raw };

    public void Become(string raw) => (Raw, Members, Items) = (raw, null, null);

    /// <summary>Enumerates this node and all nodes below it.</summary>
    public void Collect(List<Tree> into)
    {
        into.Add(this);
        Members?.ForEach(m => m.Value.Collect(into));
        Items?.ForEach(i => i.Collect(into));
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        WriteTo(text, "", "");
        return text.ToString();
    }

    /// <param name="gap">The text between any two tokens.</param>
    public string ToString(string gap)
    {
        var text = new StringBuilder();
        WriteTo(text, gap, gap);
        return text.ToString();
    }

    private void WriteTo(StringBuilder text, string gap, string after)
    {
        if (Raw is { } raw)
        {
            text.Append(raw);
            return;
        }

        text.Append(Members is null ? '[' : '{').Append(after);
        var isFirst = true;
        foreach (var (name, value) in Members ?? [.. Items!.Select(static i => ("", i))])
        {
            text.Append(isFirst ? "" : ",").Append(isFirst ? "" : after);
            isFirst = false;
            if (Members is not null)
            {
                text.Append(name).Append(gap).Append(':').Append(gap);
            }

            value.WriteTo(text, gap, after);
        }

        text.Append(after).Append(Members is null ? ']' : '}');
    }

    private static Tree Of(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => new() { Members = [.. json.EnumerateObject().Select(static m => ($"\"{Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName(m))}\"", Of(m.Value)))] },
        JsonValueKind.Array => new() { Items = [.. json.EnumerateArray().Select(Of)] },
        _ => new() { Raw = json.GetRawText() },
    };
}
