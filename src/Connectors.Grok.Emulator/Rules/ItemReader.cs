using System.Text.Json;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Rules;

/// <summary>Reads the items of <c>input</c> (docs/wire.md#input-items).</summary>
internal static class ItemReader
{
    private static readonly string[] Roles = ["system", "developer", "user", "assistant"];

    public static IReadOnlyList<Item> ReadInput(JsonElement root)
    {
        var input = root.Member("input") ?? throw Members.Missing("input");
        return input.ValueKind switch
        {
            JsonValueKind.String => [new MessageItem("user", TextParts(input.GetString()!))],
            JsonValueKind.Array => [.. input.EnumerateArray().Select(Read)],
            _ => throw Members.Mismatch("input", input, "a string or a sequence of items"),
        };
    }

    private static Item Read(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            throw Members.Mismatch("input", item, "an item");
        }

        return ItemShape.Match(item) switch
        {
            ItemVariant.Message or ItemVariant.OutputMessage => ReadMessage(item),
            ItemVariant.FunctionCall => ReadCall(item),
            ItemVariant.Reasoning => ReadReasoning(item),
            ItemVariant.FunctionCallOutput => ReadOutput(item),
            ItemVariant.ToolSearchOutput => new ToolSearchItem([.. item.Array("tools").Select(Tool.NameOf).OfType<string>()], item.GetRawText()),
            ItemVariant.Compaction => new CompactionItem(item.RequiredText("encrypted_content")),
            null => throw new TypeMismatchException("input: data did not match any variant of untagged enum ModelInputPart"),
            _ => new HostedItem(item.RequiredText("type"), item.GetRawText()),
        };
    }

    // The old form of a search on X has the members of a function call, and is accepted for that reason.
    private static Item ReadCall(JsonElement item) => item.RequiredText("type") is var type && type == "function_call"
        ? new FunctionCallItem(item.RequiredText("call_id"), item.RequiredText("name"), item.RequiredText("arguments"))
        : new HostedItem(type, item.GetRawText());

    private static MessageItem ReadMessage(JsonElement item)
    {
        var role = item.RequiredText("role");
        if (!Roles.Contains(role))
        {
            throw Members.UnknownVariant("role", role, Roles);
        }

        if (role == "developer")
        {
            role = "system";
        }

        var content = item.Member("content") ?? throw Members.Missing("content");
        return new MessageItem(role, content.ValueKind switch
        {
            JsonValueKind.String => TextParts(content.GetString()!),
            JsonValueKind.Array => [.. content.EnumerateArray().Select(part => ReadPart(part, role))],
            _ => throw Members.Mismatch("content", content, "a string or a sequence of parts"),
        });
    }

    private static ReasoningItem ReadReasoning(JsonElement item) =>
        new([.. item.Array("summary").Select(part => ReadSummaryText(part, "summary_text"))], item.Text("encrypted_content"))
        {
            HasStatus = item.TryGetProperty("status", out _),
        };

    // Here a missing type is a 400; every other missing member is a 422.
    private static string ReadSummaryText(JsonElement part, string type) => part.Text("type") == type
        ? part.RequiredText("text")
        : throw ApiException.InvalidArgument($"Each summary element must have the type {type}.");

    private static FunctionCallOutputItem ReadOutput(JsonElement item)
    {
        var callId = item.RequiredText("call_id");
        var output = item.Member("output") ?? throw Members.Missing("output");
        return new FunctionCallOutputItem(callId, output.ValueKind switch
        {
            JsonValueKind.String => [new TextPart(output.GetString()!)],
            JsonValueKind.Array => [.. output.EnumerateArray().Select(part => ReadPart(part, "user"))],
            _ => throw Members.Mismatch("output", output, "a string or a sequence of parts"),
        });
    }

    private static Part ReadPart(JsonElement part, string role)
    {
        if (part.ValueKind != JsonValueKind.Object)
        {
            throw Members.Mismatch("content", part, "a content part");
        }

        return part.RequiredText("type") switch
        {
            "input_text" => Text(part, "text", role is not "assistant"),
            "output_text" => Text(part, "text", role is "assistant"),
            "refusal" => role is "assistant" && part.Text("refusal") is { } refusal ? new RefusalPart(refusal) : new EmptyPart(),
            "input_image" => role is "user" && part.Text("image_url") is { } url ? new ImagePart(url, ReadDetail(part)) : new EmptyPart(),
            "input_file" => role is "user" ? ReadFile(part) : new EmptyPart(),
            var unknown => throw Members.UnknownVariant("content", unknown, "input_text", "input_image", "input_file", "output_text", "refusal"),
        };
    }

    private static Part Text(JsonElement part, string member, bool isAllowed) =>
        isAllowed && part.Text(member) is { Length: > 0 } text ? new TextPart(text) : new EmptyPart();

    private static string ReadDetail(JsonElement part) => part.Text("detail") switch
    {
        null => "auto",
        "auto" or "low" or "high" => part.Text("detail")!,
        var unknown => throw Members.UnknownVariant("detail", unknown, "auto", "low", "high"),
    };

    private static FilePart ReadFile(JsonElement part)
    {
        var sources = (string[])["file_id", "file_url", "file_data"];
        if (sources.Count(source => part.Text(source) is not null) != 1)
        {
            throw ApiException.InvalidArgument("Exactly one of file_id, file_url and file_data must be given for input_file.");
        }

        if (part.Text("file_data") is not null && part.Text("filename") is null)
        {
            throw Members.Missing("filename");
        }

        _ = part.Text("mime_type");

        return new FilePart(part.Text("filename") ?? part.Text("file_id") ?? part.Text("file_url")!)
        {
            FileId = part.Text("file_id"),
            Content = part.Text("file_data") is { } data ? new FileContent(ReadBase64(data)) : null,
        };
    }

    // Bare base64, or a data URI.
    private static byte[] ReadBase64(string data)
    {
        var base64 = data.StartsWith("data:", StringComparison.OrdinalIgnoreCase) ? data[(data.IndexOf(',', StringComparison.Ordinal) + 1)..] : data;
        var bytes = new byte[(base64.Length / 4 * 3) + 3];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? bytes[..length] : throw ApiException.InvalidArgument("file_data must be base64.");
    }

    private static IReadOnlyList<Part> TextParts(string text) => text.Length == 0 ? [] : [new TextPart(text)];
}
