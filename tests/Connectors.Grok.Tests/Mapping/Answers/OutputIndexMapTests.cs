using Connectors.Grok.Mapping.Answers;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Tests.Mapping.Answers;

/// <summary>Each letter is an item: capitals are messages, others searches; a point is a search without an id, a dash no item.</summary>
public class OutputIndexMapTests
{
    [Theory]
    [InlineData("A-A", "AAA", new[] { 0, 1, 2 })]
    [InlineData("A-A.", "AAA.", new[] { 0, 1, 2, 3 })]
    [InlineData("AA", "bAA", new[] { 3, 0, 1 })]
    [InlineData("AB", "xyAc", new[] { 4, 5, 0, 3 })]
    public void Output_index_map_gives_each_item_its_own_index(string streamed, string output, int[] indices)
    {
        var items = streamed.Index().Where(static s => s.Item != '-').ToDictionary(static s => s.Index, static s => new StreamedItem { ItemId = Item(s.Item).Id, Type = Item(s.Item).Type });
        Assert.Equal(indices, OutputIndexMap.Create([.. output.Select(Item)], items));
    }

    private static ResponseItem Item(char name) => char.IsUpper(name) ? new MessageItem { Id = name.ToString() } : new WebSearchCallItem { Id = name == '.' ? null : name.ToString() };
}
