using System.Runtime.CompilerServices;
using Connectors.Grok.Conversations;
using Connectors.Grok.Conversations.Engine;

namespace Connectors.Grok.Tests.Conversations.Engine;

public class TurnQueueTests
{
    private static readonly ConversationId Ticket = new("", "ticket-4711");
    private readonly TurnQueue _queue = new();

    [Fact]
    public async Task Turn_queue_admits_one_turn_at_a_time_in_arrival_order()
    {
        var places = new List<Task<IDisposable>>();
        for (var i = 0; i < 4; i++)
        {
            places.Add(Enter());
        }

        for (var i = 0; i < 4; i++)
        {
            var place = await places[i];
            Assert.All(places[(i + 1)..], static p => Assert.False(p.IsCompleted));
            place.Dispose();
        }
    }

    [Fact]
    public async Task Turn_queue_admits_one_waiter_when_an_entry_is_disposed_twice()
    {
        var first = await Enter();
        var (second, third) = (Enter(), Enter());
        first.Dispose();
        first.Dispose();
        using var place = await second;
        Assert.False(third.IsCompleted);
    }

    [Fact]
    public async Task Cancelled_waiter_of_the_turn_queue_does_not_admit_another_turn()
    {
        using var source = new CancellationTokenSource();
        var first = await Enter();
        var (impatient, third) = (Enter(source.Token), Enter());
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        Assert.False(third.IsCompleted);
        var late = Enter();
        first.Dispose();
        var place = await third;
        Assert.False(late.IsCompleted);
        place.Dispose();
        (await late).Dispose();
    }

    [Fact]
    public async Task Turns_of_other_conversations_do_not_wait()
    {
        using var one = await Enter();
        using var other = await _queue.EnterAsync(new ConversationId("tenant", Ticket.Name), default);
        Assert.NotSame(one, other);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Turn_queue_keeps_no_conversation_id_after_the_last_turn_has_left(bool givesUp)
    {
        var name = await EnterAndLeaveAsync(givesUp);
        GC.Collect();
        Assert.False(name.IsAlive);
        GC.KeepAlive(_queue);
    }

    private Task<IDisposable> Enter(CancellationToken cancellationToken = default) => _queue.EnterAsync(Ticket, cancellationToken).AsTask();

    // Not inlined, so that nothing here holds the name any more.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<WeakReference> EnterAndLeaveAsync(bool givesUp)
    {
        var id = new ConversationId("", new string('a', 10));
        if (givesUp)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _queue.EnterAsync(id, new CancellationToken(canceled: true)).AsTask());
        }
        else
        {
            (await _queue.EnterAsync(id, default)).Dispose();
        }

        return new WeakReference(id.Name);
    }
}
