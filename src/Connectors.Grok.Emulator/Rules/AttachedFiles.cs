using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.State;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Rules;

/// <summary>Replaces the ids of attached files by their content (docs/wire.md#files). Later deletion of a file does not change the conversation.</summary>
internal static class AttachedFiles
{
    public static IEnumerable<FilePart> In(IEnumerable<Item> items) => items.SelectMany(ContentRules.PartsOf).OfType<FilePart>();

    public static IReadOnlyList<Item> Resolve(IReadOnlyList<Item> items, FileStore files) => In(items).Any(file => file.FileId is not null)
        ? [.. items.Select(item => Resolve(item, files))]
        : items;

    private static Item Resolve(Item item, FileStore files) => item switch
    {
        MessageItem message => message with { Parts = Resolve(message.Parts, files) },
        FunctionCallOutputItem output => output with { Output = Resolve(output.Output, files) },
        _ => item,
    };

    private static IReadOnlyList<Part> Resolve(IReadOnlyList<Part> parts, FileStore files) => [.. parts.Select(part => part is FilePart { FileId: { } id } file ? Resolve(file, id, files) : part)];

    private static FilePart Resolve(FilePart part, string id, FileStore files)
    {
        var file = files.Find(id) ?? throw ApiException.FileNotFound(id);
        return part with { Name = file.Name, Content = file.Content };
    }
}
