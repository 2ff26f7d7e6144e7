using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Connectors.Grok.Conversations;
using Connectors.Grok.Mapping;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.Engine;

public class TenantTests : ScriptedConversationTest
{
    private const string Key = "grok.tenant";

    // As in an application that is not trimmed.
    private static readonly JsonSerializerOptions Reflecting = new(AIJsonUtilities.DefaultOptions)
    {
        TypeInfoResolver = JsonTypeInfoResolver.Combine(AIJsonUtilities.DefaultOptions.TypeInfoResolver, new DefaultJsonTypeInfoResolver()),
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tenant_of_a_call_separates_conversations_and_is_not_sent(bool isStreamed)
    {
        var inner = new ScriptedClient(Answers("1"), Answers("2", "r2"), Answers("3", "r3"));
        var client = Over(inner);
        var options = new ChatOptions { ConversationId = Ticket };
        await client.Ask(isStreamed, [new(ChatRole.User, "I am Alice.")], options.WithTenant("alice"));
        await client.Ask(isStreamed, [new(ChatRole.User, "I am Bob.")], options.WithTenant("bob"));
        await client.Ask(isStreamed, [new(ChatRole.User, "Who am I?")], options.WithTenant("alice"));
        Assert.Equal([null, null, "r1"], inner.Sent.Select(static s => s.Options!.ConversationId));
        Assert.All(inner.Sent, static s => Assert.Equal([GrokKeys.Request.PromptCacheKey], s.Options!.AdditionalProperties!.Keys));
        Assert.Equal((2, 1, 0), (await CountAsync(client.Conversations.ForTenant("alice")), await CountAsync(client.Conversations.ForTenant("bob")), await CountAsync(client.Conversations)));
    }

    [Fact]
    public void WithTenant_copies_the_options()
    {
        var options = new ChatOptions { AdditionalProperties = new() { [GrokKeys.Request.User] = "u" } };
        Assert.Equal([Key, GrokKeys.Request.User], options.WithTenant("alice").AdditionalProperties!.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([GrokKeys.Request.User], options.AdditionalProperties.Keys);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a\0b")]
    public void Blank_or_unstorable_tenant_is_rejected(string? tenant)
    {
        Assert.Equal("tenant", Assert.ThrowsAny<ArgumentException>(() => new ChatOptions().WithTenant(tenant!)).ParamName);
        Assert.Equal("tenant", Assert.ThrowsAny<ArgumentException>(() => Manager().ForTenant(tenant!)).ParamName);
    }

    [Fact]
    public void WithTenant_throws_when_the_options_are_null() =>
        Assert.Equal("options", Assert.Throws<ArgumentNullException>(static () => ((ChatOptions)null!).WithTenant("alice")).ParamName);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tenant_from_JSON_or_a_string_is_rejected(bool isStreamed)
    {
        var inner = new ScriptedClient();
        var client = Over(inner);
        var posted = JsonSerializer.Deserialize<ChatOptions>("""{"additionalProperties":{"grok.tenant":"alice"}}""", AIJsonUtilities.DefaultOptions)!;
        Assert.IsType<JsonElement>(posted.AdditionalProperties![Key]);
        foreach (var options in (ChatOptions[])[posted, new() { AdditionalProperties = new() { [Key] = "alice" } }, new() { AdditionalProperties = new() { ["GROK.tenant"] = null } }])
        {
            var e = await Assert.ThrowsAsync<ArgumentException>(() => client.Ask(isStreamed, [new(ChatRole.User, "Who am I?")], options));
            Assert.Equal("options", e.ParamName);
            Assert.Contains("was not set with WithTenant", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("alice", e.Message, StringComparison.Ordinal);
        }

        Assert.Empty(inner.Sent);
    }

    [Fact]
    public void Options_as_text_or_JSON_do_not_show_the_tenant_but_differ_by_tenant()
    {
        var options = new ChatOptions().WithTenant("alice");
        Assert.DoesNotContain("alice", options.AdditionalProperties![Key]!.ToString(), StringComparison.Ordinal);
        var (alice, again, bob) = (Json(options), Json(new ChatOptions().WithTenant("alice")), Json(new ChatOptions().WithTenant("bob")));
        Assert.DoesNotContain("alice", alice, StringComparison.Ordinal);
        Assert.Equal(alice, again);
        Assert.NotEqual(alice, bob);

        static string Json(ChatOptions options) => JsonSerializer.Serialize(options, Reflecting);
    }

    [Fact]
    public async Task Tenant_of_ConversationOptions_is_the_default_for_calls()
    {
        var client = Over(new ScriptedClient(Answers("1"), Answers("2")), static o => o.Tenant = "acme");
        await Say(client, "One.");
        await Say(client, "Two.", new ChatOptions().WithTenant("bob"));
        Assert.Equal((1, 1), (await CountAsync(client.Conversations), await CountAsync(client.Conversations.ForTenant("acme"))));
        Assert.Equal(1, await CountAsync(client.Conversations.ForTenant("bob")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tenant_resolver_decides_the_tenant_of_each_call(bool isStreamed)
    {
        var current = "alice";
        var client = Over(new ScriptedClient(Answers("1"), Answers("2", "r2"), Answers("3", "r3")), o => o.TenantResolver = () => current);
        await client.Ask(isStreamed, [new(ChatRole.User, "I am Alice.")], new() { ConversationId = Ticket });
        current = "bob";
        await client.Ask(isStreamed, [new(ChatRole.User, "I am Bob.")], new() { ConversationId = Ticket });
        Assert.Equal(1, await CountAsync(client.Conversations));
        current = "alice";
        await client.Ask(isStreamed, [new(ChatRole.User, "Who am I?")], new ChatOptions { ConversationId = Ticket }.WithTenant("alice"));
        Assert.Equal((2, 2), (await CountAsync(client.Conversations), await CountAsync(client.Conversations.ForTenant("alice"))));
    }

    [Theory]
    [InlineData(null, null, "returned no tenant")]
    [InlineData(" ", null, "returned no tenant")]
    [InlineData(null, "alice", "returned no tenant")]
    [InlineData("bob", "alice", "names another tenant")]
    public async Task Missing_or_different_tenant_is_rejected_when_a_resolver_is_set(string? resolved, string? named, string words)
    {
        var inner = new ScriptedClient();
        var client = Over(inner, o => o.TenantResolver = () => resolved);
        var options = named is null ? new ChatOptions() : new ChatOptions().WithTenant(named);
        var manager = named is null ? client.Conversations : client.Conversations.ForTenant(named);
        foreach (var call in (Func<Task>[])
        [
            () => Say(client, "Who am I?", options),
            () => client.GetStreamingResponseAsync("Who am I?", options).ToChatResponseAsync(),
            () => client.RegenerateAsync(Ticket, options),
            () => manager.GetTurnsAsync(Ticket),
            () => manager.DeleteAsync(Ticket),
        ])
        {
            Assert.Contains(words, (await Assert.ThrowsAsync<InvalidOperationException>(call)).Message, StringComparison.Ordinal);
        }

        Assert.Empty(inner.Sent);
    }

    [Fact]
    public void Fixed_tenant_together_with_a_resolver_is_rejected()
    {
        var e = Assert.Throws<ArgumentException>(() => Over(new ScriptedClient(), static o => (o.Tenant, o.TenantResolver) = ("acme", static () => "acme")));
        Assert.Equal(nameof(ConversationOptions.Tenant), e.ParamName);
    }

    [Fact]
    public void Tenant_cannot_be_read_from_JSON()
    {
        var e = Assert.Throws<JsonException>(static () => JsonSerializer.Deserialize<CallTenant>("\"alice\"", Reflecting));
        Assert.Contains("WithTenant", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RegenerateAsync_uses_the_tenant_of_the_call()
    {
        var inner = new ScriptedClient(Answers("1"), Answers("2", "r2"), Answers("3", "r3"));
        var client = Over(inner);
        var alice = new ChatOptions().WithTenant("alice");
        await Say(client, "I am Alice.", alice);
        await Say(client, "Nobody.");
        Assert.Equal("3", (await client.RegenerateAsync(Ticket, alice)).Text);
        Assert.Equal("user: I am Alice.", Said(inner.Sent[^1].Messages));
        Assert.Equal(2, (await client.Conversations.ForTenant("alice").GetTreeAsync(Ticket)).Count);
    }

    private static async Task<int> CountAsync(ConversationManager manager) => (await manager.GetTurnsAsync(Ticket)).Count;
}
