import { findChromium } from '../../../tools/provision/chromium';

test('a machine without a browser is told what is missing, and how to get it', () => {
  expect(findChromium('/', { PATH: '' })).toEqual({
    missing: expect.stringMatching(/Chromium 110 or newer \(found none\).*apt install chromium/),
  });
});
