using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;
using Web.Security;

namespace Web.Memory;

/// <summary>
/// Limits request bodies: their bytes are counted from the start of the request, they must arrive within a time, and they must be UTF-8. Kestrel limits the size of
/// each, but not their number, and a client that sends nothing more keeps what it sent in memory.
/// </summary>
internal sealed class MessageBodies(RequestDelegate next, HeldBytes held, WebSettings settings, TimeProvider clock)
{
    private readonly Dictionary<string, int> _bodies = new(StringComparer.Ordinal);

    public async Task InvokeAsync(HttpContext context)
    {
        var (request, visitor) = (context.Request, context.Features.Get<Visitor>()?.Id ?? "");
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            && !type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase))
        {
            throw new ProblemException(Problems.NotUtf8);
        }

        if (request.ContentLength == 0 || HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            await next(context);
            return;
        }

        var limit = context.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize ?? WebSettings.SmallBody;
        if (request.ContentLength > limit)
        {
            throw new ProblemException(Problems.TooLarge);
        }

        using var place = (request.ContentLength ?? limit) > WebSettings.SmallBody ? Enter(RateLimits.AddressOf(context)) : null;

        // The body as read, and its buffer while that grows.
        using var hold = held.Take(visitor, 2 * (request.ContentLength ?? limit));
        using var time = new CancellationTokenSource(settings.BodyTime, clock);
        request.Body = new TimedStream(request.Body, time.Token);
        await next(context);
    }

    private Place Enter(string address)
    {
        lock (_bodies)
        {
            var count = _bodies.GetValueOrDefault(address);
            if (count >= settings.MaxBodiesPerAddress)
            {
                throw new ProblemException(Problems.TooMuchForVisitor);
            }

            _bodies[address] = count + 1;
        }

        return new Place(_bodies, address);
    }

    /// <summary>One of the bodies that an address sends at the same time.</summary>
    private sealed class Place(Dictionary<string, int> bodies, string address) : IDisposable
    {
        public void Dispose()
        {
            lock (bodies)
            {
                if (--bodies[address] == 0)
                {
                    bodies.Remove(address);
                }
            }
        }
    }

    /// <summary>A body whose reads fail when the time is over.</summary>
    private sealed class TimedStream(Stream body, CancellationToken time) : Stream
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

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, time);
            try
            {
                return await body.ReadAsync(buffer, either.Token);
            }
            catch (OperationCanceledException) when (time.IsCancellationRequested)
            {
                throw new ProblemException(Problems.SlowBody);
            }
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
