import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const server = "http://127.0.0.1:7860";

export default defineConfig({
  plugins: [svelte()],
  build: {
    outDir: "../src/sfumato/faces/web/static",
    emptyOutDir: true,
    assetsInlineLimit: 0, // the page's policy takes no data: scripts or styles
    modulePreload: { polyfill: false },
    target: "es2022",
  },
  // The server takes requests of its own pages alone: changeOrigin and no Origin make this one of them.
  server: {
    proxy: {
      "/api": {
        target: server,
        changeOrigin: true,
        configure: (proxy) => proxy.on("proxyReq", (request) => request.removeHeader("origin")),
      },
    },
  },
});
