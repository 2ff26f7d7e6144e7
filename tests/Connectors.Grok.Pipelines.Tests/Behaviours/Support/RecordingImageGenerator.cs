using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests.Behaviours.Support;

/// <summary>Records the requests, and generates a different image for each.</summary>
internal sealed class RecordingImageGenerator : IImageGenerator
{
    public List<(ImageGenerationRequest Request, ImageGenerationOptions? Options)> Requests { get; } = [];

    public Task<ImageGenerationResponse> GenerateAsync(ImageGenerationRequest request, ImageGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        Requests.Add((request, options));
        var number = Requests.Count;
        return Task.FromResult(new ImageGenerationResponse([new DataContent(new byte[] { 0x89, 0x50, 0x4E, 0x47, (byte)number }, "image/png") { Name = $"generated_image_{number}.png" }]));
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
