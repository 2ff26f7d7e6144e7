using System.Net.Sockets;

namespace Connectors.Grok.Faults.Tests.Support;

/// <summary>Counts the connections of a handler of the library, when they are opened and closed.</summary>
internal sealed class CountedConnections
{
    private readonly TaskCompletionSource _allClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _opened;
    private int _closed;
    private int _isLast;

    public int Opened => Volatile.Read(ref _opened);

    public int Open => Opened - Volatile.Read(ref _closed);

    /// <summary>Completes when every connection is closed. Call it when no more connections are opened.</summary>
    public Task AllClosedAsync()
    {
        Volatile.Write(ref _isLast, 1);
        NoteClosed();
        return _allClosed.Task;
    }

    /// <param name="most">The maximum number of connections, so that a leaked one is noticed soon.</param>
    public SocketsHttpHandler NewHandler(int most)
    {
        // By default .NET drains an abandoned response for two seconds, during which its connection is not available.
        var handler = new SocketsHttpHandler { MaxConnectionsPerServer = most, AllowAutoRedirect = false, ResponseDrainTimeout = TimeSpan.Zero };
        handler.ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            }
            catch
            {
                socket.Dispose();
                throw;
            }

            Interlocked.Increment(ref _opened);
            return new Counted(socket, this);
        };
        return handler;
    }

    private void NoteClosed()
    {
        if (Volatile.Read(ref _isLast) == 1 && Open == 0)
        {
            _allClosed.TrySetResult();
        }
    }

    private sealed class Counted(Socket socket, CountedConnections owner) : NetworkStream(socket, ownsSocket: true)
    {
        private int _isClosed;

        protected override void Dispose(bool disposing)
        {
            if (Interlocked.Exchange(ref _isClosed, 1) == 0)
            {
                Interlocked.Increment(ref owner._closed);
                owner.NoteClosed();
            }

            base.Dispose(disposing);
        }
    }
}
