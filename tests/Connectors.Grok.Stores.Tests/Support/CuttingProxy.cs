using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Connectors.Grok.Stores.Tests.Support;

/// <summary>Passes TCP connections on to a server of this machine, and cuts them.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly int _target;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<Socket, Socket> _connections = [];
    private readonly Task _accepting;
    private volatile bool _isMute;

    public CuttingProxy(int target)
    {
        _target = target;
        _listener = new TcpListener(IPAddress.Loopback, PostgresServer.FreePort());
        _listener.Start();
        _accepting = Task.Run(AcceptAsync);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Cuts all connections, in the middle of what they send.</summary>
    /// <param name="mute">For how long the answers of the server are discarded before: what it does in that time is done, and nobody learns of it.</param>
    public async Task CutAsync(TimeSpan mute)
    {
        _isMute = mute > TimeSpan.Zero;
        if (_isMute)
        {
            await Task.Delay(mute, TimeProvider.System);
        }

        foreach (var (client, server) in _connections.ToArray())
        {
            Cut(client);
            Cut(server);
        }

        _isMute = false;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await CutAsync(TimeSpan.Zero);
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_end.Token);
                _ = Task.Run(() => PassAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The proxy ends.
        }
    }

    private async Task PassAsync(Socket client)
    {
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _target, _end.Token);
            _connections[client] = server;
            await Task.WhenAny(PumpAsync(client, server, isAnswer: false), PumpAsync(server, client, isAnswer: true));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // The server is down.
        }

        _connections.TryRemove(client, out _);
        Cut(client);
        Cut(server);
    }

    private async Task PumpAsync(Socket from, Socket to, bool isAnswer)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, SocketFlags.None) is var count and > 0)
            {
                if (!(isAnswer && _isMute))
                {
                    await to.SendAsync(buffer.AsMemory(0, count), SocketFlags.None);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }

    private static void Cut(Socket socket)
    {
        try
        {
            // Without this, the connection is closed in order.
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }

        socket.Dispose();
    }
}
