using System.Text;

namespace Chat;

/// <summary>
/// Reads keys and joins pasted text. A terminal in the mode "bracketed paste" encloses pasted text in <c>ESC [ 200 ~</c> and <c>ESC [ 201 ~</c>,
/// which <see cref="Console.ReadKey(bool)"/> returns as single keys.
/// </summary>
/// <param name="read">Waits for the next key.</param>
/// <param name="hasNext">Whether a key follows immediately.</param>
internal sealed class KeyReader(Func<ConsoleKeyInfo> read, Func<bool> hasNext)
{
    public const string EnablePaste = "\e[?2004h";
    public const string DisablePaste = "\e[?2004l";
    private const string PasteStart = "[200~";
    private const string PasteEnd = "[201~";
    private const int MaxSequence = 32;

    private readonly Queue<ConsoleKeyInfo> _ahead = new();

    /// <summary>Whether another key or text follows immediately.</summary>
    public bool HasNext => _ahead.Count > 0 || hasNext();

    /// <summary>Waits for the next key or pasted text.</summary>
    public Input Read()
    {
        while (true)
        {
            var key = Next();
            if (!BeginsSequence(key))
            {
                return new(key);
            }

            var sequence = ReadSequence(key);
            if (sequence == PasteStart)
            {
                return new(default, ReadPaste());
            }

            if (sequence is "\r" or "\n")
            {
                // Escape directly before Enter is Alt+Enter.
                return new(new('\r', ConsoleKey.Enter, shift: false, alt: true, control: false));
            }
        }
    }

    private static bool BeginsSequence(ConsoleKeyInfo key) =>
        key.KeyChar == '\e' || (key.KeyChar == '[' && key.Modifiers.HasFlag(ConsoleModifiers.Alt));

    private ConsoleKeyInfo Next() => _ahead.TryDequeue(out var key) ? key : read();

    /// <summary>Reads the rest of an escape sequence. The characters of an unknown one are skipped; a key that belongs to none is kept.</summary>
    private string ReadSequence(ConsoleKeyInfo first)
    {
        var sequence = new StringBuilder(first.KeyChar == '[' ? "[" : "");
        while (sequence.Length < MaxSequence && HasNext)
        {
            var key = Next();
            if (sequence.Length == 0 && key.KeyChar is not ('[' or '\r' or '\n'))
            {
                _ahead.Enqueue(key);
                break;
            }

            sequence.Append(key.KeyChar);
            if (sequence.Length > 1 ? key.KeyChar is >= '@' and <= '~' : key.KeyChar != '[')
            {
                break;
            }
        }

        return sequence.ToString();
    }

    private string ReadPaste()
    {
        var text = new StringBuilder();
        while (true)
        {
            var key = Next();
            if (key is { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control } && !HasNext)
            {
                // The end of the paste was lost, and a person wants to stop.
                return "";
            }

            if (BeginsSequence(key) && ReadSequence(key) == PasteEnd)
            {
                return text.ToString().ReplaceLineEndings("\n");
            }

            // Keys such as arrows have no character, and pasted control characters have no meaning in a message.
            if (!char.IsControl(key.KeyChar) || key.KeyChar is '\r' or '\n' or '\t')
            {
                text.Append(key.KeyChar);
            }
        }
    }
}
