namespace Connectors.Grok.Emulator.Clients;

/// <summary>Builds random replies. The same seed builds the same reply.</summary>
internal sealed class RandomScripts(int seed)
{
    private static readonly string[] Words =
        ["rain", "in", "Oslo", "🌧️", "naïve", "and", "so", "\"quoted\"", "line\nbreak", "a\tb", "{json}", "42", "Ünïcode", "<b>", "&", "\\", "東京", "fin."];

    private readonly Random _random = new(seed);

    /// <summary>The text of the reply, without refusals.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Whether the reply has an item that the strict reader does not support.</summary>
    public bool HasUnsupportedItem { get; private set; }

    public void Build(ReplyBuilder reply)
    {
        for (var step = _random.Next(1, 8); step > 0; step--)
        {
            if (Chance(6))
            {
                reply.InParallel(items => Repeat(2, 5, () => AddSearch(items)));
            }
            else
            {
                AddItem(reply);
            }
        }

        End(reply);
    }

    private void AddItem(ReplyBuilder reply)
    {
        switch (_random.Next(12))
        {
            case 0 or 1:
                reply.Reasoning([.. Enumerable.Range(0, _random.Next(3)).Select(_ => Sentence())]);
                break;
            case 2:
                reply.ReasoningText(Sentence());
                break;
            case 3 or 4 or 5:
                AddMessage(reply);
                break;
            case 6 or 7:
                reply.Call("get_weather", Chance(4) ? "" : $$"""{"city":{{_random.Next()}}}""", style: (CallStyle)_random.Next(5));
                break;
            case 8 when Chance(4):
                HasUnsupportedItem = true;
                reply.Refuse(Sentence());
                break;
            case 9 when Chance(4):
                HasUnsupportedItem = true;
                AddUnsupportedCall(reply);
                break;
            default:
                AddSearch(reply);
                break;
        }
    }

    private void AddUnsupportedCall(ReplyBuilder reply)
    {
        switch (_random.Next(5))
        {
            case 0: reply.Image([1, 2, (byte)_random.Next(256)], Sentence()); break;
            case 1: reply.FailedImage(Sentence()); break;
            case 2: reply.ToolSearch(Sentence()); break;
            case 3: reply.FailedToolSearch(Sentence()); break;
            default: reply.Shell(Sentence()); break;
        }
    }

    private void AddSearch(ReplyBuilder reply)
    {
        switch (_random.Next(9))
        {
            case 0: reply.WebSearch(Sentence(), [.. Enumerable.Range(0, _random.Next(4)).Select(Url)]); break;
            case 1: reply.OpenPage(Url(1)); break;
            case 2: reply.FindInPage(Sentence(), Url(2)); break;
            case 3: reply.OldWebSearch(Sentence()); break;
            case 4: reply.XSearch(Sentence(), Chance(2) ? "x_semantic_search" : "x_keyword_search"); break;
            case 5: reply.OldXSearch(Sentence()); break;
            case 6: reply.Code(Sentence(), Chance(2) ? Sentence() : null); break;
            case 7: reply.FileSearch(Sentence(), [.. Enumerable.Range(0, _random.Next(3)).Select(hit => new FileHit($"f{hit}", "a.txt", Sentence(), 0.25))]); break;
            default: reply.Mcp("docs", "lookup", "{}", Chance(3) ? null : Sentence(), Chance(3) ? Sentence() : null); break;
        }
    }

    private void AddMessage(ReplyBuilder reply)
    {
        reply.NewMessage();
        Repeat(1, 4, () =>
        {
            var text = Sentence();
            Text += text;
            if (Chance(2))
            {
                reply.Text(text);
            }
            else
            {
                reply.Deltas([.. text.EnumerateRunes().Select(rune => rune.ToString())]);
            }

            if (Chance(3))
            {
                reply.Cite(Url(Citations++));
                Text += $"[[{Citations}]]({Url(Citations - 1)})";
            }
        });
        Citations = 0;
    }

    private void End(ReplyBuilder reply)
    {
        switch (_random.Next(12))
        {
            case 0: reply.Incomplete(); break;
            case 1: reply.Incomplete("max_time_limit"); break;
            case 2: reply.Fail("server_error", Sentence()); break;
            case 3: reply.ErrorFrame(Sentence()); break;
        }
    }

    private int Citations { get; set; }

    private void Repeat(int least, int most, Action action)
    {
        for (var count = _random.Next(least, most); count > 0; count--)
        {
            action();
        }
    }

    private string Sentence() => string.Join(' ', Enumerable.Range(0, _random.Next(1, 9)).Select(_ => Words[_random.Next(Words.Length)]));

    private bool Chance(int outOf) => _random.Next(outOf) == 0;

    private static string Url(int number) => $"https://example.com/{number}";
}
