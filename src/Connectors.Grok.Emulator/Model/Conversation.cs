using System.Text;
using Connectors.Grok.Emulator.State;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Model;

/// <summary>The parts of a conversation that the built-in model uses.</summary>
internal sealed class Conversation
{
    /// <summary>The number of characters of a message that the model reads; the rest is ignored.</summary>
    private const int MaxTextLength = 8_000;

    private readonly List<string> _userTexts = [];
    private readonly List<string> _systemTexts = [];
    private readonly List<string> _assistantTexts = [];
    private readonly List<ImagePart> _images = [];
    private readonly List<ImagePart> _newImages = [];
    private readonly List<FilePart> _files = [];
    private readonly List<FilePart> _newFiles = [];
    private readonly List<FunctionCallItem> _calls = [];
    private readonly List<(FunctionCallItem Call, string Output)> _results = [];

    public Conversation(IEnumerable<Item> items)
    {
        foreach (var item in items)
        {
            Read(item);
        }
    }

    public IReadOnlyList<string> SystemTexts => _systemTexts;

    public IReadOnlyList<string> AssistantTexts => _assistantTexts;

    /// <summary>The texts of the user messages, oldest first, the question included.</summary>
    public IReadOnlyList<string> UserTexts => _userTexts;

    /// <summary>The text of the last user message; empty when there is none.</summary>
    public string Question => _userTexts.Count > 0 ? _userTexts[^1] : "";

    public IReadOnlyList<string> EarlierUserTexts => _userTexts.Count > 0 ? _userTexts[..^1] : [];

    public IReadOnlyList<ImagePart> Images => _images;

    /// <summary>The images of the messages after the last assistant message.</summary>
    public IReadOnlyList<ImagePart> NewImages => _newImages;

    public IReadOnlyList<FilePart> Files => _files;

    /// <summary>The files of the messages after the last assistant message.</summary>
    public IReadOnlyList<FilePart> NewFiles => _newFiles;

    /// <summary>The function calls after the last user message.</summary>
    public IReadOnlyList<FunctionCallItem> CallsForQuestion => _calls;

    /// <summary>The function results after the last user message.</summary>
    public IReadOnlyList<(FunctionCallItem Call, string Output)> Results => _results;

    private void Read(Item item)
    {
        switch (item)
        {
            case MessageItem { Role: "user" } message:
                _calls.Clear();
                _results.Clear();
                if (message.Text.Length > 0)
                {
                    _userTexts.Add(Shorten(message.Text));
                }

                _images.AddRange(message.Parts.OfType<ImagePart>());
                _newImages.AddRange(message.Parts.OfType<ImagePart>());
                _files.AddRange(message.Parts.OfType<FilePart>());
                _newFiles.AddRange(message.Parts.OfType<FilePart>());
                break;
            case MessageItem { Role: "system" } message:
                _systemTexts.Add(Shorten(message.Text));
                break;
            case MessageItem message:
                _newImages.Clear();
                _newFiles.Clear();
                _assistantTexts.Add(Shorten(message.Text));
                break;
            case CompactionItem compaction:
                _systemTexts.AddRange(compaction.Messages.Where(message => message.Role == "system").Select(message => message.Text));
                _userTexts.AddRange(compaction.Messages.Where(message => message.Role == "user").Select(message => message.Text));
                _files.AddRange(compaction.Messages.Where(message => message.Role == CompactionCipher.FileRole).Select(message => ReadFile(message.Text)));
                break;
            case FunctionCallItem call:
                _calls.Add(call);
                break;
            case FunctionCallOutputItem output:
                if (_calls.Find(call => call.CallId == output.CallId) is { } answered)
                {
                    _results.Add((answered, output.Text));
                }

                break;
        }
    }

    private static FilePart ReadFile(string text)
    {
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        return new FilePart(text[..end]) { Content = new FileContent(Encoding.UTF8.GetBytes(text[(end + 1)..])) };
    }

    private static string Shorten(string text) => text.Length <= MaxTextLength ? text : text[..MaxTextLength];
}
