using System.IO.Compression;
using System.Net;

namespace Connectors.Grok.Faults.Tests.Support;

/// <summary>Answers every request with given bytes, in pieces of any size, without a network, on the calling thread.</summary>
internal sealed class BytesTransport : HttpMessageHandler
{
    public static readonly Uri Endpoint = new("http://127.0.0.1:1/v1");

    public WireAnswer Answer { get; set; } = new([]);

    /// <summary>The sizes of the pieces.</summary>
    public Random Cuts { get; set; } = new(0);

    /// <summary>The action after a number of bytes was read; the rest never arrives. Null for a complete body.</summary>
    public (int At, Action<CancellationToken> What)? Stop { get; set; }

    /// <summary>The last request's body.</summary>
    public MemoryStream Sent { get; } = new();

    /// <summary>The number of pieces read.</summary>
    public long Pieces { get; private set; }

    /// <summary>The number of bodies that were not disposed.</summary>
    public int Open { get; private set; }

    public HttpClient NewClient() => new(this, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    public GrokChatClient NewGrok(Action<GrokChatClientOptions>? configure = null)
    {
        var options = new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = Endpoint, RecoveryTimeout = TimeSpan.Zero };
        configure?.Invoke(options);
        return new GrokChatClient(options, NewClient());
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Sent.SetLength(0);
        await request.Content!.CopyToAsync(Sent, cancellationToken);
        Open++;
        Stream body = new PiecesStream(this, Answer.Body);
        // As a handler with automatic decompression does.
        var content = new StreamContent(Answer.SaysGzip ? new GZipStream(body, CompressionMode.Decompress) : body);
        if (Answer.ContentType is { } type)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        return new HttpResponseMessage((HttpStatusCode)Answer.Status) { Content = content, RequestMessage = request };
    }

    private sealed class PiecesStream(BytesTransport transport, byte[] bytes) : Stream
    {
        private readonly int _size = transport.Cuts.Next(8) switch { 0 => 1, 1 => 7, 2 => 64, 3 or 4 => 700, _ => int.MaxValue };
        private int _position;
        private bool _isOpen = true;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var end = Math.Min(transport.Stop?.At ?? int.MaxValue, bytes.Length);
            if (_position >= end && transport.Stop is { } stop)
            {
                stop.What(cancellationToken);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            var most = Math.Min(Math.Min(_size == 1 ? 1 : transport.Cuts.Next(1, _size), buffer.Length), end - _position);
            bytes.AsMemory(_position, most).CopyTo(buffer);
            _position += most;
            transport.Pieces++;
            return most;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Nothing here may block.");

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (_isOpen)
            {
                _isOpen = false;
                transport.Open--;
            }

            base.Dispose(disposing);
        }
    }
}
