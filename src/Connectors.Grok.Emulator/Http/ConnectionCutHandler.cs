namespace Connectors.Grok.Emulator.Http;

/// <summary>Makes an aborted in-memory response fail like one over a socket: after everything that was sent.</summary>
internal sealed class ConnectionCutHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    public const string Trailer = "x-emulator-cut";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        var content = new StreamContent(new ConnectionCutStream(await response.Content.ReadAsStreamAsync(cancellationToken), response));
        foreach (var (name, values) in response.Content.Headers)
        {
            content.Headers.TryAddWithoutValidation(name, values);
        }

        response.Content = content;
        return response;
    }

    private sealed class ConnectionCutStream(Stream inner, HttpResponseMessage response) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => CheckEnd(inner.Read(buffer, offset, count), count);

        public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            CheckEnd(await inner.ReadAsync(buffer.AsMemory(offset, count), cancellationToken), count);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            CheckEnd(await inner.ReadAsync(buffer, cancellationToken), buffer.Length);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }

        private int CheckEnd(int read, int wanted)
        {
            if (read == 0 && wanted > 0 && response.TrailingHeaders.Contains(Trailer))
            {
                // What a handler over a socket throws.
                throw new HttpIOException(HttpRequestError.ResponseEnded, "The response ended prematurely.");
            }

            return read;
        }
    }
}
