using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>Turns of storage version 1, which were encrypted without associated data, are encrypted again for their tenant and id.</summary>
public sealed class BindingTests : StatefulServiceTest
{
    [Fact]
    public async Task Older_turns_are_bound_once_and_can_then_be_required_to_be()
    {
        var strict = Conversations(static o => (o.Protector, o.RequireBinding) = (new XorProtector(), true));
        await strict.Ask(false, [User("question 1")], Named());
        await strict.Ask(false, [User("question 2")], Named());
        await ReplaceAsync(static plain => XorProtector.Flip(plain));
        var e = await Assert.ThrowsAsync<ConversationStoreException>(() => strict.Ask(false, [User("question 3")], Named()));
        Assert.Contains("BindAsync", e.Message, StringComparison.Ordinal);
        Assert.Equal("question 1", (await Conversations(static o => o.Protector = new XorProtector()).Conversations.GetMessagesAsync("t"))[0].Text);

        Assert.Equal(2, await strict.Conversations.BindAsync());
        Assert.Equal(0, await strict.Conversations.BindAsync());
        await strict.Ask(false, [User("question 3")], Named());
        Assert.Equal("user: question 1\nassistant: answer r1\nuser: question 2\nassistant: answer r2\nuser: question 3", Text(Service.Seen));
        Assert.All(await Store.GetTreeAsync(new ConversationId("", "t")), static t => Assert.True(t.IsBound));
    }

    [Fact]
    public async Task Turn_that_cannot_be_decrypted_is_not_replaced()
    {
        var client = Conversations(static o => o.Protector = new XorProtector());
        await client.Ask(false, [User("question 1")], Named());
        await ReplaceAsync(static plain => plain);
        var before = Assert.Single(await Store.GetTreeAsync(new ConversationId("", "t")));
        await Assert.ThrowsAsync<ConversationStoreException>(() => client.Conversations.BindAsync());
        Assert.Equal(before, Assert.Single(await Store.GetTreeAsync(new ConversationId("", "t"))));
    }

    [Fact]
    public async Task Binding_without_a_protector_throws() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => Conversations().Conversations.BindAsync());

    /// <summary>Stores the decrypted contents in another way, without associated data.</summary>
    private async Task ReplaceAsync(Func<byte[], byte[]> encrypt)
    {
        foreach (var turn in await Store.GetTreeAsync(new ConversationId("", "t")))
        {
            var plain = XorProtector.Flip(turn.Content.ToArray()[..^32]);
            Assert.True(await Store.ReplaceAsync("", turn with { Content = encrypt(plain), IsBound = false }, turn.Content));
        }
    }
}
