using System.Text;
using Connectors.Grok.Foundation;

namespace Connectors.Grok.Transport.Http;

/// <summary>Passes bytes through and logs them as text, line by line, when <c>LogSensitiveData</c> is set.</summary>
internal sealed class LoggedStream(Stream inner, GrokSettings settings) : Stream
{
    // A character may be split between two reads.
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

    // Logs complete lines only, so that an echoed key is never split and is always redacted.
    private readonly StringBuilder _line = new();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Wraps the content, so that it is logged as it is read.</summary>
    public static async Task<HttpContent> OverAsync(HttpContent content, GrokSettings settings, CancellationToken cancellationToken)
    {
        var logged = new StreamContent(new LoggedStream(await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), settings));
        foreach (var (name, values) in content.Headers.NonValidated)
        {
            logged.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values);
        }

        return logged;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (count == 0)
        {
            Flush();
            return 0;
        }

        var text = new char[Encoding.UTF8.GetMaxCharCount(count)];
        foreach (var letter in text.AsSpan(0, _decoder.GetChars(buffer.Span[..count], text, flush: false)))
        {
            if (letter == '\n')
            {
                Flush();
            }
            else
            {
                _line.Append(letter);
            }
        }

        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
        var text = _line.ToString().TrimEnd('\r');
        _line.Clear();
        if (text.Length > 0)
        {
            Log.Received(settings.Logger, ErrorReader.WithoutKey(text, settings));
        }
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Flush();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
