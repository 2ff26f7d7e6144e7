namespace Web.Memory;

/// <summary>
/// Counts the bytes that visitors make this node hold: request bodies, questions of running answers, and events. Bounded for each visitor and in sum, so that
/// no number of visitors can exhaust the memory. Safe for concurrent use.
/// </summary>
internal sealed class HeldBytes(WebSettings settings)
{
    /// <summary>
    /// How many bytes a byte of an attachment takes while its message is sent: the request as read, the decoded bytes, the request to the service in base64, and the turn to store.
    /// Measured with the command <c>images</c> of the tests.
    /// </summary>
    public const int PerAttachmentByte = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _visitors = new(StringComparer.Ordinal);
    private long _sum;

    /// <summary>The bytes that are held now.</summary>
    public long Sum
    {
        get
        {
            lock (_lock)
            {
                return _sum;
            }
        }
    }

    /// <summary>Counts bytes until the result is disposed.</summary>
    /// <exception cref="ProblemException">The visitor, or all visitors together, hold too much.</exception>
    public Hold Take(string visitor, long bytes)
    {
        var hold = new Hold(this, visitor);
        if (!hold.TryGrow(bytes, out var problem))
        {
            throw new ProblemException(problem!);
        }

        return hold;
    }

    private Problem? Add(string visitor, long bytes)
    {
        lock (_lock)
        {
            var mine = _visitors.GetValueOrDefault(visitor) + bytes;
            if (bytes > 0 && mine > settings.HeldBytesPerVisitor)
            {
                return Problems.TooMuchForVisitor;
            }

            if (bytes > 0 && _sum + bytes > settings.HeldBytes)
            {
                return Problems.TooMuch;
            }

            _sum += bytes;
            if (mine > 0)
            {
                _visitors[visitor] = mine;
            }
            else
            {
                _visitors.Remove(visitor);
            }

            return null;
        }
    }

    /// <summary>Bytes that one request or run holds.</summary>
    internal sealed class Hold(HeldBytes held, string visitor) : IDisposable
    {
        private long _bytes;

        public bool TryGrow(long bytes, out Problem? problem)
        {
            problem = held.Add(visitor, bytes);
            if (problem is null)
            {
                Interlocked.Add(ref _bytes, bytes);
            }

            return problem is null;
        }

        /// <summary>Counts fewer bytes.</summary>
        public void Shrink(long bytes) => TryGrow(-bytes, out _);

        public void Dispose() => held.Add(visitor, -Interlocked.Exchange(ref _bytes, 0));
    }
}
